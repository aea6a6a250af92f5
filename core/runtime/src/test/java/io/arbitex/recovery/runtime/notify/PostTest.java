package io.arbitex.recovery.runtime.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Posting to real local receivers: what they get, and what is made of what they say. */
@Timeout(30)
class PostTest {
  private static final String KEY = "R0UT1NGKEY0123456789abcdefabcdef";
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
  @TempDir Path folder;
  private final Post post = new Post(Duration.ofSeconds(5));
  private final ObjectMapper json = new ObjectMapper();
  private Receiver receiver;

  @BeforeEach
  void start() throws IOException {
    receiver = new Receiver();
  }

  @AfterEach
  void end() {
    receiver.close();
  }

  @Test
  void aPageBearsTheIncidentAsItsKeyAndTheSituationAsItsDetails() throws Exception {
    assertThat(post.deliver(pagerDuty(KEY), message(Message.Action.TRIGGER, "P1")))
        .isEqualTo(new Delivery.Accepted("status 202"));
    JsonNode event = json.readTree(receiver.received.get(0));
    assertThat(event.path("routing_key").asText()).isEqualTo(KEY);
    assertThat(event.path("event_action").asText()).isEqualTo("trigger");
    assertThat(event.path("dedup_key").asText()).isEqualTo("inc-7");
    JsonNode payload = event.path("payload");
    assertThat(payload.path("summary").asText()).isEqualTo("postgresql is down");
    assertThat(payload.path("source").asText()).isEqualTo("eu-1");
    assertThat(payload.path("component").asText()).isEqualTo("postgresql");
    assertThat(payload.path("severity").asText()).isEqualTo("error");
    assertThat(payload.path("timestamp").asText()).isEqualTo(AT.toString());
    assertThat(payload.path("custom_details").path("What broke").asText())
        .isEqualTo("postgresql DOWN <!channel>");
    assertThat(payload.path("custom_details").path("Asked of you").asText()).isEqualTo("Approve.");
    assertThat(payload.path("custom_details").has("Expected loss")).isFalse();
  }

  @Test
  void severitiesAreSaidInPagerDutysWords() throws Exception {
    for (String severity : new String[] {"P0", "P1", "P2", "UNSPECIFIED"}) {
      post.deliver(pagerDuty(KEY), message(Message.Action.TRIGGER, severity));
    }
    assertThat(receiver.received)
        .extracting(each -> json.readTree(each).path("payload").path("severity").asText())
        .containsExactly("critical", "error", "warning", "critical");
  }

  @Test
  void nothingIsLongerThanItsReceiverTakes() throws Exception {
    Message message =
        new Message(
            "id",
            "k".repeat(300),
            "eu-1",
            "",
            Message.Action.RESOLVE,
            "P0",
            "<t".repeat(2_000),
            "&".repeat(5_000),
            AT,
            Map.of(Message.Part.BROKE, ">".repeat(3_000)));
    post.deliver(pagerDuty(KEY), message);
    JsonNode event = json.readTree(receiver.received.get(0));
    assertThat(event.path("dedup_key").asText()).hasSizeLessThanOrEqualTo(255);
    assertThat(event.path("payload").path("summary").asText()).hasSize(1_024);

    post.deliver(slack("/services/T0000001/hook"), message);
    JsonNode blocks = json.readTree(receiver.received.get(1)).path("blocks");
    assertThat(blocks.get(0).path("text").path("text").asText()).hasSize(150);
    assertThat(blocks.get(1).path("text").path("text").asText()).hasSizeBetween(2_900, 3_000);
    assertThat(blocks.get(2).path("fields").get(0).path("text").asText())
        .hasSizeBetween(1_900, 2_000);
  }

  @Test
  void slackShowsTheSituationAndRingsNobodyBecauseOfAnErrorsText() throws Exception {
    post.deliver(slack("/services/T0000001/hook"), message(Message.Action.RESOLVE, "P1"));
    JsonNode body = json.readTree(receiver.received.get(0));
    assertThat(body.path("text").asText()).isEqualTo("Over: postgresql is down");
    JsonNode fields = body.path("blocks").get(2).path("fields");
    assertThat(fields).hasSize(2);
    assertThat(fields.get(0).path("text").asText())
        .isEqualTo("*What broke*\npostgresql DOWN &lt;!channel&gt;");
    assertThat(fields.get(1).path("text").asText()).isEqualTo("*Asked of you*\nApprove.");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void whatMayPassIsWorthAnotherTry(int status) throws Exception {
    receiver.status = status;
    Delivery.Failed failed = failed(pagerDuty(KEY));
    assertThat(failed.passing()).isTrue();
    assertThat(failed.what()).isEqualTo("channel on-call answered " + status);
  }

  @Test
  void whatPagerDutyRefusesIsToldWithItsReasonAndNotTriedAgain() throws Exception {
    receiver.status = 400;
    receiver.body =
        "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
            + "\"errors\":[\"Length of 'routing_key' is incorrect\"]}";
    Delivery.Failed failed = failed(pagerDuty(KEY));
    assertThat(failed.passing()).isFalse();
    assertThat(failed.what())
        .isEqualTo(
            "channel on-call answered 400: Event object is invalid; "
                + "Length of 'routing_key' is incorrect");
  }

  @Test
  void anAnswerThatRepeatsTheSecretIsNotPassedOn() throws Exception {
    receiver.status = 400;
    receiver.body = "{\"message\":\"no service for " + KEY + "\"}";
    assertThat(failed(pagerDuty(KEY)).what()).isEqualTo("channel on-call answered 400");
    receiver.body = "{\"message\":\"nothing at abcdefSecretPart\"}";
    assertThat(failed(slack("/services/T0000001/abcdefSecretPart")).toString())
        .doesNotContain("SecretPart");
    receiver.body = "no_service";
    assertThat(failed(slack("/services/T0000001/abcdefSecretPart")).what())
        .isEqualTo("channel on-call answered 400: no_service");
  }

  /** The client's own timeout ends with the headers, so the second one would hang for ever. */
  @ParameterizedTest
  @EnumSource(
      value = Receiver.Manner.class,
      names = {"SILENT", "HEADERS_ONLY"})
  void aReceiverThatNeverEndsItsAnswerIsGivenUp(Receiver.Manner manner) throws Exception {
    receiver.manner = manner;
    Delivery delivery =
        new Post(Duration.ofMillis(300))
            .deliver(pagerDuty(KEY), message(Message.Action.TRIGGER, "P1"));
    assertThat(((Delivery.Failed) delivery).passing()).isTrue();
    assertThat(((Delivery.Failed) delivery).what()).contains("no answer within 300 ms");
    assertThat(receiver.received).hasSize(1);
  }

  @Test
  void aReceiverThatIsGoneMayComeBack() throws Exception {
    receiver.close();
    assertThat(failed(pagerDuty(KEY)))
        .extracting(Delivery.Failed::code, Delivery.Failed::passing)
        .containsExactly(FailureCode.TARGET_UNREACHABLE, true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hooks.example/services/SecretPart",
        "SecretPart",
        "ftp://x/SecretPart",
        "http://a b/SecretPart",
        ""
      })
  void aSecretThatIsNoUrlIsNeverTold(String secret) throws Exception {
    Delivery.Failed failed = failed(channel(Channel.Kind.SLACK, secret, Optional.empty()));
    assertThat(failed.code()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(failed.passing()).isFalse();
    assertThat(failed.toString()).doesNotContain("SecretPart");
  }

  @Test
  void anUnknownHostIsToldWithoutTheRestOfTheAddress() throws Exception {
    Delivery.Failed failed =
        failed(
            channel(
                Channel.Kind.SLACK, "http://127.0.0.1:1/services/SecretPart", Optional.empty()));
    assertThat(failed.passing()).isTrue();
    assertThat(failed.toString()).doesNotContain("SecretPart");
  }

  @Test
  void aSecretThatIsMissingIsToldByItsPlaceAndMayComeBack() throws Exception {
    Channel channel =
        new Channel(
            "on-call",
            Channel.Kind.PAGERDUTY,
            new SecretReference("file:gone", folder.resolve("gone")),
            Optional.of(URI.create(receiver.url("/"))));
    Delivery.Failed failed = failed(channel);
    assertThat(failed.what()).contains("gone");
    assertThat(failed.passing()).isTrue();
  }

  private Delivery.Failed failed(Channel channel) throws InterruptedException {
    return (Delivery.Failed) post.deliver(channel, message(Message.Action.TRIGGER, "P1"));
  }

  private static Message message(Message.Action action, String severity) {
    return new Message(
        "inc-7/notify-0/1",
        "inc-7",
        "eu-1",
        "postgresql",
        action,
        severity,
        "postgresql is down",
        "A restore begins.",
        AT,
        Map.of(
            Message.Part.PERSON, "Approve.",
            Message.Part.BROKE, "postgresql DOWN <!channel>",
            Message.Part.RUNNING, ""));
  }

  private Channel pagerDuty(String key) throws IOException {
    return channel(
        Channel.Kind.PAGERDUTY, key, Optional.of(URI.create(receiver.url("/v2/enqueue"))));
  }

  private Channel slack(String path) throws IOException {
    return channel(Channel.Kind.SLACK, receiver.url(path), Optional.empty());
  }

  private Channel channel(Channel.Kind kind, String secret, Optional<URI> endpoint)
      throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), secret + "\n");
    return new Channel("on-call", kind, new SecretReference("file:secret", file), endpoint);
  }
}
