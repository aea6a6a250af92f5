package io.arbitex.recovery.detector.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.runtime.notify.Delivery;
import io.arbitex.recovery.runtime.notify.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a channel is told that Kafka is away, and that it is back. */
class DirectPageTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Optional<KafkaContact.Away> AWAY =
      Optional.of(new KafkaContact.Away(NOW.minusSeconds(60), "TimeoutException"));
  private static final Delivery ACCEPTED = new Delivery.Accepted("status 202");
  private static final SeenBad.Bad BAD =
      new SeenBad.Bad("eu-1", "postgresql", "postgresql is DOWN (UNREACHABLE)", NOW);

  private final DirectPage slack = page(Channel.Kind.SLACK);
  private final DirectPage pagerDuty = page(Channel.Kind.PAGERDUTY);

  private static DirectPage page(Channel.Kind kind) {
    return new DirectPage(
        new Channel("c", kind, new SecretReference("file:a", Path.of("a")), Optional.empty()),
        "eu-1",
        "observer-a");
  }

  private static Message away(DirectPage page, List<SeenBad.Bad> bad, Instant now) {
    return page.due(AWAY, false, bad, now).orElseThrow();
  }

  private static void tell(DirectPage page, List<SeenBad.Bad> bad) {
    Message message = away(page, bad, NOW);
    page.sending(message);
    page.sent(message, bad, ACCEPTED, NOW);
  }

  @Test
  void itIsSaidPlainlyAndOnce() {
    Message message = away(slack, List.of(BAD), NOW);
    assertThat(message.page()).isEqualTo("kafka-away/eu-1");
    assertThat(message.severity()).isEqualTo("P0");
    assertThat(message.text())
        .isEqualTo(
            "The pipeline cannot act: Kafka cannot be reached, it has acknowledged nothing since "
                + "2026-11-22T09:59:00Z (TimeoutException). postgresql is DOWN (UNREACHABLE) since "
                + "2026-11-22T10:00:00Z by observer-a.");
    slack.sending(message);
    slack.sent(message, List.of(BAD), ACCEPTED, NOW);
    assertThat(slack.due(AWAY, false, List.of(BAD), NOW.plusSeconds(3_600))).isEmpty();
  }

  @Test
  void aComponentThatFailsDuringTheOutageIsSaidToo() {
    tell(slack, List.of());
    assertThat(away(slack, List.of(BAD), NOW).text()).contains("postgresql is DOWN");
  }

  @Test
  void itIsEndedWhenKafkaTakesRecordsAgainAndNotBefore() {
    tell(slack, List.of());
    assertThat(slack.due(Optional.empty(), false, List.of(), NOW)).isEmpty();
    Message over = slack.due(Optional.empty(), true, List.of(), NOW).orElseThrow();
    assertThat(over.action()).isEqualTo(Message.Action.RESOLVE);
    slack.sent(over, List.of(), ACCEPTED, NOW);
    assertThat(slack.due(Optional.empty(), true, List.of(), NOW)).isEmpty();
  }

  @Test
  void aPageWhoseAnswerWasLostIsEndedToo() {
    Message message = away(slack, List.of(), NOW);
    slack.sending(message);
    slack.sent(
        message,
        List.of(),
        new Delivery.Failed(FailureCode.TARGET_UNREACHABLE, "no answer", "", true),
        NOW);
    assertThat(slack.due(AWAY, false, List.of(), NOW)).as("backs off").isEmpty();
    assertThat(slack.due(Optional.empty(), true, List.of(), NOW.plusSeconds(2))).isPresent();
  }

  @Test
  void aRefusalIsNotTriedAgainEachSecond() {
    Message message = away(slack, List.of(), NOW);
    slack.sent(
        message, List.of(), new Delivery.Failed(FailureCode.TOOL_FAILED, "400", "", false), NOW);
    assertThat(slack.due(AWAY, false, List.of(), NOW.plusSeconds(60))).isEmpty();
    assertThat(slack.due(AWAY, false, List.of(), NOW.plusSeconds(300))).isPresent();
  }

  /** Another observer, which reaches Kafka again, may have ended the page of all. */
  @Test
  void aPageIsOpenedAgainWhileThisObserverCannotReachKafka() {
    tell(pagerDuty, List.of());
    assertThat(pagerDuty.due(AWAY, false, List.of(), NOW.plusSeconds(299))).isEmpty();
    assertThat(pagerDuty.due(AWAY, false, List.of(), NOW.plusSeconds(300))).isPresent();
  }

  @Test
  void aPageThatTheProcessBeforeLeftOpenIsEnded() {
    assertThat(pagerDuty.due(Optional.empty(), true, List.of(), NOW))
        .hasValueSatisfying(each -> assertThat(each.action()).isEqualTo(Message.Action.RESOLVE));
    assertThat(slack.due(Optional.empty(), true, List.of(), NOW)).isEmpty();
  }

  @Test
  void oneErrorIsNoOutageAndSilenceWithoutAnErrorIsNone() {
    KafkaContact contact = new KafkaContact(NOW);
    Duration after = Duration.ofSeconds(60);
    assertThat(contact.away(after, NOW.plusSeconds(600))).isEmpty();
    contact.refused("TimeoutException");
    assertThat(contact.away(after, NOW.plusSeconds(59))).isEmpty();
    assertThat(contact.away(after, NOW.plusSeconds(60)))
        .contains(new KafkaContact.Away(NOW, "TimeoutException"));
    contact.acknowledged(NOW.plusSeconds(61));
    assertThat(contact.away(after, NOW.plusSeconds(600))).isEmpty();
    assertThat(contact.works(after, NOW.plusSeconds(121))).isTrue();
    assertThat(contact.works(after, NOW.plusSeconds(122))).isFalse();
  }
}
