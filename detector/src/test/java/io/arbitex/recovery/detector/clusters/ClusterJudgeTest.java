package io.arbitex.recovery.detector.clusters;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-28T03:00:00Z");
  private static final Duration QUICK = Duration.ofMillis(80);
  private static final Answer LIST = Answer.of(200, "a list", QUICK);
  private static final Answer OK = Answer.of(200, "ok", QUICK);

  private static Observation seen(ClusterView view) {
    return new ClusterJudge(3, Duration.ofSeconds(5)).judge(view, NOW);
  }

  private static Observation ofApi(Answer ready) {
    return seen(new ClusterView(ready, ready, List.of(), ready, List.of()));
  }

  private static Observation ofNodes(NodeView... nodes) {
    return seen(new ClusterView(OK, LIST, List.of(nodes), LIST, List.of()));
  }

  private static NodeView node(String name, boolean ready, String... pressures) {
    return new NodeView(name, ready, List.of(pressures));
  }

  private static List<NodeView> three() {
    return Stream.of("a", "b", "c").map(name -> node(name, true)).toList();
  }

  private static void assertSeen(
      Observation seen, HealthStatus status, Symptom symptom, String... words) {
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
    for (String word : words) {
      assertThat(seen.detail()).contains(word);
    }
  }

  @Test
  void isUpWhenAllNodesAreReadyAndNothingCrashes() {
    assertSeen(
        seen(new ClusterView(OK, LIST, three(), LIST, List.of())), HealthStatus.UP, Symptom.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "NO_NAME,DOWN,UNREACHABLE,does not resolve",
    "NO_CONNECTION,DOWN,UNREACHABLE,takes no connection",
    "NO_HANDSHAKE,DOWN,UNREACHABLE,no TLS handshake",
    "TOO_LATE,DOWN,UNREACHABLE,in time",
    "BROKEN_OFF,DOWN,UNREACHABLE,broke the connection off",
    "CERTIFICATE,DEGRADED,CERTIFICATE,certificate",
    "UNCLEAR,UNKNOWN,UNCLASSIFIED,not clear"
  })
  void anApiThatGivesNoAnswerIsDownUnlessItIsThereOrNobodyKnows(
      NoAnswer.Kind kind, HealthStatus status, Symptom symptom, String words) {
    Answer none = Answer.none(new NoAnswer(kind, kind.words()), QUICK);
    assertSeen(ofApi(none), status, symptom, words);
  }

  @ParameterizedTest
  @CsvSource({
    "401,DEGRADED,AUTHENTICATION",
    "403,DEGRADED,AUTHENTICATION",
    "429,DEGRADED,BUSY",
    "500,DOWN,UNREACHABLE",
    "502,DOWN,UNREACHABLE",
    "503,DOWN,UNREACHABLE",
    "504,DOWN,UNREACHABLE",
    "302,UNKNOWN,UNCLASSIFIED",
    "404,UNKNOWN,UNCLASSIFIED"
  })
  void whatTheApiSaysIsDownOnlyWhenItDoesNotServe(int code, HealthStatus status, Symptom symptom) {
    assertSeen(ofApi(Answer.of(code, "", QUICK)), status, symptom, "" + code);
  }

  @Test
  void anApiThatNamesWhatIsNotReadyServesAllTheSame() {
    String body = "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n";
    Observation seen = ofApi(Answer.of(500, body, QUICK));
    assertSeen(seen, HealthStatus.DEGRADED, Symptom.UNCLASSIFIED, "etcd");
    assertThat(seen.detail()).doesNotContain("ping");
  }

  @Test
  void aPageOfSomethingElseInItsPlaceSaysNothing() {
    assertSeen(
        ofApi(Answer.of(200, "<html>log in</html>", QUICK)),
        HealthStatus.UNKNOWN,
        Symptom.UNCLASSIFIED);
  }

  @Test
  void withoutOneNodeThatIsReadyNothingRuns() {
    assertSeen(
        ofNodes(node("a", false), node("b", false)),
        HealthStatus.DOWN,
        Symptom.UNREACHABLE,
        "none of 2 nodes");
    assertSeen(ofNodes(), HealthStatus.DOWN, Symptom.UNREACHABLE, "none of 0 nodes");
  }

  @Test
  void fewerNodesThanThereShouldBeAreTold() {
    assertSeen(
        ofNodes(node("a", true), node("b", false), node("c", true)),
        HealthStatus.DEGRADED,
        Symptom.UNCLASSIFIED,
        "2 of 3 nodes are ready, not b");
    assertSeen(
        ofNodes(node("a", true)), HealthStatus.DEGRADED, Symptom.UNCLASSIFIED, "1 of 3 nodes");
  }

  @Test
  void aNodeUnderPressureIsToldAndSoIsAnApiThatIsSlow() {
    assertSeen(
        ofNodes(node("a", true, "DiskPressure"), node("b", true), node("c", true)),
        HealthStatus.DEGRADED,
        Symptom.UNCLASSIFIED,
        "a has DiskPressure");
    Answer late = Answer.of(200, "ok", Duration.ofMillis(5_001));
    assertSeen(
        seen(new ClusterView(late, LIST, three(), LIST, List.of())),
        HealthStatus.DEGRADED,
        Symptom.BUSY,
        "5001 ms");
  }

  @Test
  void crashLoopsAreNamedUpToAFew() {
    List<String> pods = IntStream.range(0, 9).mapToObj(i -> "pod-" + i + "/main").toList();
    Observation seen = seen(new ClusterView(OK, LIST, three(), LIST, pods));
    assertSeen(seen, HealthStatus.DEGRADED, Symptom.UNCLASSIFIED, "pod-0/main", "and 4 more");
    assertThat(seen.detail()).doesNotContain("pod-5");
  }

  @Test
  void allThatIsWrongIsToldTogetherWithTheSymptomOfTheFirst() {
    Answer refused = Answer.of(403, "", QUICK);
    assertSeen(
        seen(new ClusterView(OK, LIST, List.of(node("a", true)), refused, List.of())),
        HealthStatus.DEGRADED,
        Symptom.AUTHENTICATION,
        "the platform's pods (HTTP 403)",
        "1 of 3 nodes");
  }

  @ParameterizedTest
  @CsvSource({
    "401,DEGRADED,AUTHENTICATION",
    "403,DEGRADED,AUTHENTICATION",
    "429,DEGRADED,BUSY",
    "500,DEGRADED,UNCLASSIFIED",
    "404,UNKNOWN,UNCLASSIFIED"
  })
  void aListThatIsNotGivenNeverMakesItDown(int code, HealthStatus status, Symptom symptom) {
    Answer refused = Answer.of(code, "", QUICK);
    assertSeen(
        seen(new ClusterView(OK, refused, List.of(), LIST, List.of())), status, symptom, "" + code);
    assertSeen(
        seen(new ClusterView(OK, LIST, three(), refused, List.of())), status, symptom, "" + code);
  }

  @ParameterizedTest
  @EnumSource(NoAnswer.Kind.class)
  void neitherDoesOneThatDoesNotCome(NoAnswer.Kind kind) {
    Answer none = Answer.none(new NoAnswer(kind, kind.words()), QUICK);
    assertThat(seen(new ClusterView(OK, none, List.of(), LIST, List.of())).status())
        .isEqualTo(kind == NoAnswer.Kind.UNCLEAR ? HealthStatus.UNKNOWN : HealthStatus.DEGRADED);
  }
}
