package io.arbitex.recovery.executors.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The order of the messages of one page. */
class PageOrderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration NONE = Duration.ZERO;
  private final PageOrder order = new PageOrder(Clock.fixed(NOW, ZoneOffset.UTC));

  private static StepCommand command(int number, Map<String, String> others) {
    Map<String, String> parameters =
        new HashMap<>(Map.of("channel", "on-call", "incident", "inc-7"));
    parameters.putAll(others);
    return StepCommand.newBuilder()
        .setCommandId("inc-7/notify-" + number + "/1")
        .setIncidentId("inc-7")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("notify-" + number)
        .setComponent("")
        .setProcedure("notify.pagerduty")
        .setWorker("notify")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(NOW)
        .setDeadline(NOW.plusSeconds(900))
        .setParameters(Facts.of(parameters))
        .build();
  }

  private StepCommand entered(int number, Map<String, String> others) {
    StepCommand command = command(number, others);
    order.enter(command);
    return command;
  }

  @Test
  void theTenthWaitsForTheNinth() throws Exception {
    StepCommand tenth = entered(10, Map.of());
    StepCommand ninth = entered(9, Map.of());
    assertThat(order.awaitTurn(ninth, NONE)).isTrue();
    assertThat(order.awaitTurn(tenth, NONE)).isFalse();
    order.ended(ninth);
    assertThat(order.awaitTurn(tenth, NONE)).isTrue();
  }

  @Test
  void whatWaitsGoesOnAtOnceWhenTheEarlierOneEnds() throws Exception {
    StepCommand first = entered(1, Map.of());
    StepCommand second = entered(2, Map.of());
    CompletableFuture<Boolean> waits =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return order.awaitTurn(second, Duration.ofSeconds(60));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    order.sent(first);
    assertThat(waits.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(order.overtakenBy(second)).isEmpty();
  }

  @Test
  void otherChannelsAndOtherPagesDoNotWait() throws Exception {
    entered(1, Map.of());
    assertThat(order.awaitTurn(entered(2, Map.of("channel", "team")), NONE)).isTrue();
    assertThat(order.awaitTurn(entered(3, Map.of("incident", "inc-8")), NONE)).isTrue();
  }

  @Test
  void oneThatWaitsForTheMorningHoldsNobodyUpAndIsNotSentAfterALaterOne() throws Exception {
    Map<String, String> monday = Map.of("not-before", NOW.plusSeconds(3_600).toString());
    StepCommand first = entered(1, monday);
    StepCommand risen = entered(2, Map.of());
    assertThat(order.awaitTurn(risen, NONE)).isTrue();
    assertThat(order.overtakenBy(first)).isEmpty();
    order.sent(risen);
    assertThat(order.overtakenBy(first)).contains("inc-7/notify-2/1");
  }

  @Test
  void aBlockerThatNobodyEndsBlocksUntilItsDeadlineOnly() throws Exception {
    StepCommand lost = command(1, Map.of());
    lost.setDeadline(NOW);
    order.enter(lost);
    assertThat(order.awaitTurn(entered(2, Map.of()), NONE)).isTrue();
  }
}
