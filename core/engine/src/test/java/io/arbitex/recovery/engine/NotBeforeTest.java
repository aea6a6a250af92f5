package io.arbitex.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An action that has a moment to begin at: a message that waits for the morning. */
class NotBeforeTest {
  private final Bench bench = new Bench();
  private final Instant morning = bench.clock.instant().plus(Duration.ofHours(60));

  @BeforeEach
  void firstWaitsForTheMorning() {
    bench.first.notBefore = Optional.of(morning);
    bench.command.setDeadline(morning.plus(Duration.ofMinutes(15)));
  }

  /** The execution stands where it waits. */
  private Execution waiting() throws InterruptedException {
    Execution execution = bench.start();
    while (!(execution.advance() instanceof Next.WaitUntil)) {
      assertThat(bench.first.looks).isZero();
    }
    return execution;
  }

  @Test
  void nothingIsDoneOrWrittenBeforeAndAnotherProcessGoesOnWithTheWait() throws Exception {
    waiting();
    int written = bench.journal.all.size();
    bench.clock.move(Duration.ofHours(59));
    Execution next = waiting();
    assertThat(next.advance()).isEqualTo(new Next.WaitUntil(morning));
    assertThat(bench.journal.all).hasSize(written);
    assertThat(bench.first.looks).isZero();

    bench.clock.moveTo(morning);
    assertThat(bench.finish(next).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.first.effects).isEqualTo(1);
  }

  @Test
  void theActionsOwnDeadlineCountsFromItsBegin() throws Exception {
    bench.first.deadline = Duration.ofMinutes(5);
    bench.first.onMake = context -> assertThat(context.remaining()).isPositive();
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void aCancelEndsTheWait() throws Exception {
    Execution execution = waiting();
    execution.cancel();
    assertThat(bench.finish(execution).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(bench.first.effects).isZero();
    assertThat(bench.clock.instant()).isBefore(morning);
  }

  @Test
  void aWaitPastTheCommandsDeadlineEndsAtTheDeadline() throws Exception {
    bench.command.setDeadline(morning.minusSeconds(60));
    Next.Finished end = bench.runToEnd();
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.DEADLINE);
    assertThat(bench.clock.instant()).isBefore(morning);
    assertThat(bench.first.effects).isZero();
  }

  @Test
  void aWaitMayEndEarly() throws Exception {
    Execution execution = waiting();
    bench.first.notBefore = Optional.empty();
    assertThat(bench.finish(execution).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.clock.instant()).isBefore(morning);
  }

  @Test
  void aDryRunDoesNotWait() throws Exception {
    bench.command.setMode(Mode.DRY_RUN);
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.clock.instant()).isBefore(morning);
  }
}
