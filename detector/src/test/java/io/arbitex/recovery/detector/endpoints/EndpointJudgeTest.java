package io.arbitex.recovery.detector.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-28T03:00:00Z");

  private static EndpointAnswer answer(String text) {
    return text.matches("\\d+")
        ? EndpointAnswer.of("https://a", Integer.parseInt(text))
        : EndpointAnswer.none("https://a", new NoAnswer(NoAnswer.Kind.valueOf(text), text));
  }

  @ParameterizedTest
  @CsvSource({
    "200,UP,NONE",
    "200 200,UP,NONE",
    "NO_NAME,DOWN,UNREACHABLE",
    "NO_CONNECTION,DOWN,UNREACHABLE",
    "NO_HANDSHAKE,DOWN,UNREACHABLE",
    "TOO_LATE,DOWN,UNREACHABLE",
    "BROKEN_OFF,DOWN,UNREACHABLE",
    "500,DOWN,UNREACHABLE",
    "503 TOO_LATE 502,DOWN,UNREACHABLE",
    "200 503,DEGRADED,UNCLASSIFIED",
    "200 NO_CONNECTION,DEGRADED,UNCLASSIFIED",
    "401,DOWN,AUTHENTICATION",
    "403 503,DOWN,UNREACHABLE",
    "404,DOWN,UNCLASSIFIED",
    "404 TOO_LATE,DOWN,UNREACHABLE",
    "429,DEGRADED,BUSY",
    "429 503,DEGRADED,BUSY",
    "200 404,DEGRADED,UNCLASSIFIED",
    "301,DOWN,UNCLASSIFIED",
    "204,DOWN,UNCLASSIFIED",
    "CERTIFICATE,DOWN,CERTIFICATE",
    "CERTIFICATE 503,DOWN,UNREACHABLE",
    "UNCLEAR,UNKNOWN,UNCLASSIFIED",
    "UNCLEAR 503,UNKNOWN,UNCLASSIFIED",
    "UNCLEAR 200,UNKNOWN,UNCLASSIFIED",
    "UNCLEAR 404,UNKNOWN,UNCLASSIFIED",
    "UNCLEAR 200 503,DEGRADED,UNCLASSIFIED"
  })
  void isDownWhenNothingServesWhateverIsSaidInstead(
      String said, HealthStatus status, Symptom symptom) {
    List<EndpointAnswer> answers = new ArrayList<>();
    for (String each : said.split(" ")) {
      answers.add(answer(each));
    }
    assertSeen(EndpointJudge.judge(answers, NOW), status, symptom);
    Collections.reverse(answers);
    assertSeen(EndpointJudge.judge(answers, NOW), status, symptom);
  }

  private static void assertSeen(Observation seen, HealthStatus status, Symptom symptom) {
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
    assertThat(seen.detail().isEmpty()).isEqualTo(status == HealthStatus.UP);
  }
}
