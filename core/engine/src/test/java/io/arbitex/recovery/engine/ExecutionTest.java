package io.arbitex.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExecutionTest {
  private final Bench bench = new Bench();

  @Test
  void aSuccessTellsEachActionAndPublishesItsFactsAndBinding() throws InterruptedException {
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.transitions())
        .containsExactly(
            StepTransition.ACCEPTED,
            StepTransition.ACTION_DONE,
            StepTransition.ACTION_STARTED,
            StepTransition.ACTION_DONE,
            StepTransition.ACTION_STARTED,
            StepTransition.ACTION_DONE,
            StepTransition.ACTION_STARTED,
            StepTransition.ACTION_DONE,
            StepTransition.DONE);
    StepEvent last = bench.journal.events.get(bench.journal.events.size() - 1);
    assertThat(Facts.toMap(last.getFacts()))
        .containsOnlyKeys(
            "fact-of-check",
            "fact-of-first",
            "fact-of-point",
            "point-of-no-return",
            "fact-of-last");
    assertThat(bench.journal.bindings).singleElement().extracting("resource").isEqualTo("seen");
  }

  @Test
  void aFinishedCommandIsNeverRunAgain() throws InterruptedException {
    bench.runToEnd();
    int written = bench.journal.all.size();
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.journal.all).hasSize(written);
    assertThat(bench.first.effects).isEqualTo(1);
  }

  /** orchestrator #1217: a lock by clock ran out, and two recoveries ran side by side. */
  @Test
  void aZombieCannotActOnceItsJournalWriteIsRefused() throws InterruptedException {
    Execution zombie = bench.start();
    bench.advanceTo(zombie, ExecutionState.INTENDING, "first");
    Execution successor = bench.start();
    assertThat(bench.finish(zombie).outcome()).isEqualTo(Outcome.OWNERSHIP_LOST);
    assertThat(bench.first.effects).isZero();
    assertThat(bench.finish(successor).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.first.effects).isEqualTo(1);
  }

  @Test
  void aProcessThatStoodStillBetweenIntentAndActionProvesItsOwnershipAgain()
      throws InterruptedException {
    Execution zombie = bench.start();
    bench.advanceTo(zombie, ExecutionState.MAKING, "first");
    bench.leaseAge = Duration.ofSeconds(7);
    Execution successor = bench.start();
    assertThat(bench.finish(zombie).outcome()).isEqualTo(Outcome.OWNERSHIP_LOST);
    assertThat(bench.first.effects).isZero();
    assertThat(bench.finish(successor).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void anOwnerThatProvedItsOwnershipAgainActsOnceAndIsNotCountedTwice()
      throws InterruptedException {
    Execution slow = bench.start();
    bench.advanceTo(slow, ExecutionState.MAKING, "first");
    bench.leaseAge = Duration.ofSeconds(7);
    assertThat(bench.finish(slow).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.first.effects).isEqualTo(1);
    assertThat(bench.journal.entries.get("inc-1/restore/1/first").getTries()).isEqualTo(1);
  }

  @Test
  void theTokenGrowsFromOwnerToOwner() throws InterruptedException {
    Execution one = bench.start();
    bench.advanceTo(one, ExecutionState.CONFIRMING, "first");
    bench.first.effects = 0;
    bench.runToEnd();
    assertThat(bench.first.tokens).hasSize(2);
    assertThat(bench.first.tokens.get(1)).isGreaterThan(bench.first.tokens.get(0));
  }

  @Test
  void aCommandPastItsDeadlineIsRefused() throws InterruptedException {
    bench.clock.move(Duration.ofMinutes(30));
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(code(end)).isEqualTo(FailureCode.DEADLINE);
    assertThat(bench.transitions()).containsExactly(StepTransition.REFUSED);
    assertThat(bench.check.looks).isZero();
  }

  @Test
  void anAcceptedCommandThatNobodyBeganIsRefusedAfterItsDeadline() throws InterruptedException {
    Execution dead = bench.start();
    dead.advance();
    bench.clock.move(Duration.ofHours(2));
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(code(end)).isEqualTo(FailureCode.DEADLINE);
  }

  @Test
  void aBegunCommandPastItsDeadlineIsCleanedUp() throws InterruptedException {
    Execution dead = bench.start();
    bench.advanceTo(dead, ExecutionState.RECORDING, "first");
    bench.clock.move(Duration.ofHours(2));
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(code(end)).isEqualTo(FailureCode.DEADLINE);
    assertThat(bench.first.effects).isZero();
    assertThat(bench.point.effects).isZero();
  }

  @Test
  void anInterruptedPointOfNoReturnThatHappenedGoesForwardEvenAfterTheDeadline()
      throws InterruptedException {
    Execution dead = bench.start();
    bench.advanceTo(dead, ExecutionState.CONFIRMING, "point");
    bench.clock.move(Duration.ofHours(2));
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
        .containsExactly(1, 1, 1);
  }

  @Test
  void anInterruptedPointOfNoReturnThatDidNotHappenIsNotPassedLate() throws InterruptedException {
    Execution dead = bench.start();
    bench.advanceTo(dead, ExecutionState.MAKING, "point");
    bench.clock.move(Duration.ofHours(2));
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(code(end)).isEqualTo(FailureCode.DEADLINE);
    assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
        .containsExactly(0, 0, 0);
  }

  /** Velero #2171: a cancel leaked what it had begun. */
  @Test
  void aCancelIsSeenBetweenActionsAndCleansUp() throws InterruptedException {
    Execution execution = bench.start();
    bench.advanceTo(execution, ExecutionState.RECORDING, "first");
    execution.cancel();
    Next.Finished end = bench.finish(execution);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(bench.first.effects).isZero();
    assertThat(bench.point.effects).isZero();
  }

  @Test
  void aCancelThatWasJournaledSurvivesACrash() throws InterruptedException {
    Execution dead = bench.start();
    bench.advanceTo(dead, ExecutionState.MAKING, "first");
    StepCommand cancel = bench.command(Mode.ACT);
    cancel.setKind(CommandKind.CANCEL);
    JournalEntry entry = JournalEntries.cancel(cancel, "executor-1", bench.clock.instant());
    bench.journal.takeOver().append(new JournalWrite(entry, List.of(), Optional.empty()));
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(bench.first.effects).isZero();
  }

  @Test
  void aCancelBeforeTheCommandMeansThatItIsNeverBegun() throws InterruptedException {
    StepCommand cancel = bench.command(Mode.ACT);
    cancel.setKind(CommandKind.CANCEL);
    JournalEntry entry = JournalEntries.cancel(cancel, "executor-1", bench.clock.instant());
    bench.journal.takeOver().append(new JournalWrite(entry, List.of(), Optional.empty()));
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(bench.check.looks).isZero();
  }

  @Test
  void aCancelAfterThePointOfNoReturnIsIgnored() throws InterruptedException {
    Execution execution = bench.start();
    bench.advanceTo(execution, ExecutionState.GATE, "point");
    execution.cancel();
    assertThat(bench.finish(execution).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void aRunningActionSeesTheCancelAndTheEndIsCancelled() throws InterruptedException {
    Execution[] execution = new Execution[1];
    bench.first.onMake =
        context -> {
          execution[0].cancel();
          assertThat(context.cancelled()).isTrue();
          throw ActionFailure.passing(FailureCode.TOOL_FAILED, "ended early", "Nothing");
        };
    execution[0] = bench.start();
    assertThat(bench.finish(execution[0]).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void aPassingErrorIsTriedAgainWithGrowingWaits() throws InterruptedException {
    int[] strikes = {2};
    bench.first.onMake =
        context -> {
          if (strikes[0]-- > 0) {
            throw ActionFailure.passing(FailureCode.TARGET_UNREACHABLE, "refused", "Wait");
          }
        };
    Instant before = bench.clock.instant();
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(Duration.between(before, bench.clock.instant())).isEqualTo(Duration.ofSeconds(3));
    assertThat(bench.transitions().stream().filter(StepTransition.ACTION_RETRIED::equals))
        .hasSize(2);
  }

  @Test
  void aPassingErrorThatDoesNotPassKeepsItsOwnCode() throws InterruptedException {
    bench.first.onMake =
        context -> {
          throw ActionFailure.passing(FailureCode.TARGET_UNREACHABLE, "refused", "Start it");
        };
    StepError error = bench.runToEnd().error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    assertThat(error.getMessage()).isEqualTo("refused (after 3 tries)");
    assertThat(error.getHint()).isEqualTo("Start it");
  }

  @Test
  void aPermanentErrorIsNotTriedAgain() throws InterruptedException {
    bench.first.onMake =
        context -> {
          throw ActionFailure.permanent(FailureCode.TARGET_FULL, "no space", "Free some");
        };
    assertThat(code(bench.runToEnd())).isEqualTo(FailureCode.TARGET_FULL);
    assertThat(bench.first.tokens).hasSize(1);
  }

  /** Patroni #3572: an unexpected error of the coordinator must take the safe branch. */
  @Test
  void anErrorThatNobodyKnowsIsNotTriedAgain() throws InterruptedException {
    bench.first.onMake =
        context -> {
          throw new IllegalStateException("what is this?");
        };
    Next.Finished end = bench.runToEnd();
    assertThat(code(end)).isEqualTo(FailureCode.UNKNOWN);
    assertThat(end.error().orElseThrow().getMessage()).contains("what is this?");
    assertThat(bench.first.tokens).hasSize(1);
  }

  @Test
  void retriesEndWithTheActionsDeadline() throws InterruptedException {
    bench.first.deadline = Duration.ofSeconds(20);
    bench.first.retry = RetryPolicy.every(Duration.ofSeconds(3));
    bench.first.onMake =
        context -> {
          throw ActionFailure.passing(FailureCode.TARGET_UNREACHABLE, "refused", "Start it");
        };
    Instant before = bench.clock.instant();
    assertThat(code(bench.runToEnd())).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    assertThat(Duration.between(before, bench.clock.instant())).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anActionThatSaysMadeButIsNotSoIsNotBelieved() throws InterruptedException {
    bench.first.broken = true;
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(code(end)).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(bench.point.effects).isZero();
  }

  @Test
  void waitingForTheWorldIsALookThatIsTriedAgain() throws InterruptedException {
    bench.check.retry = RetryPolicy.every(Duration.ofSeconds(1));
    Instant ready = bench.clock.instant().plusSeconds(5);
    bench.check.onLook = context -> bench.check.broken = context.clock().instant().isBefore(ready);
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.check.looks).isEqualTo(6);
  }

  @Test
  void whatCannotBeCleanedUpIsSaid() throws InterruptedException {
    bench.point.onLook =
        context -> {
          throw ActionFailure.permanent(FailureCode.PROOF_FAILED, "rows are missing", "Look");
        };
    bench.undo.onMake =
        context -> {
          throw ActionFailure.permanent(FailureCode.TARGET_UNREACHABLE, "server gone", "Wait");
        };
    StepError error = bench.runToEnd().error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getLeftBehind()).isEqualTo("do undo-first failed: server gone");
  }

  @Test
  void aFailureAfterThePointOfNoReturnUndoesNothingAndSaysSo() throws InterruptedException {
    bench.last.onLook =
        context -> {
          throw ActionFailure.permanent(FailureCode.NOT_CONFIRMED, "not following", "Look");
        };
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.error().orElseThrow().getLeftBehind()).contains("'point' is or may be passed");
    assertThat(bench.first.effects).isEqualTo(1);
    assertThat(bench.journal.bindings).isEmpty();
  }

  @Test
  void aPointOfNoReturnThatMayHaveHappenedIsToldWithTheEnd() throws InterruptedException {
    bench.point.canBeRuledOut = false;
    bench.point.onMake =
        context -> {
          throw ActionFailure.permanent(FailureCode.TOOL_FAILED, "no answer", "Look");
        };
    Next.Finished end = bench.runToEnd();
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.error().orElseThrow().getLeftBehind()).contains("'point' is or may be passed");
    assertThat(bench.first.effects).isEqualTo(1);
    assertThat(factsOfEnd()).containsEntry("point-of-no-return", "do point (it may have happened)");
  }

  @Test
  void aFailureAfterThePointOfNoReturnTellsThatItIsPassed() throws InterruptedException {
    bench.last.onLook =
        context -> {
          throw ActionFailure.permanent(FailureCode.NOT_CONFIRMED, "not following", "Look");
        };
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(factsOfEnd()).containsEntry("point-of-no-return", "do point");
  }

  @Test
  void aPointOfNoReturnThatProvablyDidNotHappenIsCleanedUp() throws InterruptedException {
    bench.point.onMake =
        context -> {
          throw ActionFailure.permanent(FailureCode.TOOL_FAILED, "no space", "Free some");
        };
    Next.Finished end = bench.runToEnd();
    assertThat(code(end)).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(bench.first.effects).isZero();
    assertThat(factsOfEnd()).doesNotContainKey("point-of-no-return");
  }

  @Test
  void aCancelDoesNotUndoAroundAPointOfNoReturnThatMayHaveHappened() throws InterruptedException {
    bench.point.canBeRuledOut = false;
    Execution dead = bench.start();
    bench.advanceTo(dead, ExecutionState.MAKING, "point");
    Execution next = bench.start();
    next.cancel();
    assertThat(bench.finish(next).outcome()).isEqualTo(Outcome.DONE);
    assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
        .containsExactly(1, 1, 1);
  }

  @Test
  void aJournalThatIsTooSlowForEverEndsWithItsTrueReason() throws InterruptedException {
    bench.leaseAge = Duration.ofSeconds(7);
    bench.leaseStaysOld = true;
    StepError error = bench.runToEnd().error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.DEADLINE);
    assertThat(error.getMessage()).contains("the journal answers too slowly");
    assertThat(bench.first.effects).isZero();
  }

  @Test
  void theKillSwitchStopsEveryChangeTheCleanUpToo() throws InterruptedException {
    bench.first.onMake = context -> bench.killSwitch = Optional.of("operator said stop");
    Next.Finished end = bench.runToEnd();
    assertThat(code(end)).isEqualTo(FailureCode.KILL_SWITCH);
    assertThat(end.error().orElseThrow().getLeftBehind()).contains("operator said stop");
    assertThat(bench.first.effects).isEqualTo(1);
    assertThat(bench.point.effects).isZero();
  }

  @Test
  void aKillSwitchBetweenIntentAndActionStopsTheAction() throws InterruptedException {
    Execution execution = bench.start();
    bench.advanceTo(execution, ExecutionState.MAKING, "first");
    bench.killSwitch = Optional.of("operator said stop");
    assertThat(code(bench.finish(execution))).isEqualTo(FailureCode.KILL_SWITCH);
    assertThat(bench.first.effects).isZero();
  }

  @Test
  void aDryRunChangesNothingAndSaysWhatItWouldDo() throws InterruptedException {
    assertThat(bench.runToEnd(bench.command(Mode.DRY_RUN)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
        .containsExactly(0, 0, 0);
    assertThat(bench.check.looks).isEqualTo(1);
    assertThat(bench.journal.bindings).isEmpty();
    StepEvent last = bench.journal.events.get(bench.journal.events.size() - 1);
    assertThat(Facts.toMap(last.getFacts()))
        .containsEntry("would-first", "do first")
        .containsEntry("would-point", "do point")
        .containsEntry("would-last", "do last");
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"ACT", "DRY_RUN"},
      mode = EnumSource.Mode.EXCLUDE)
  void aModeThatDoesNotActIsRefused(Mode mode) throws InterruptedException {
    assertThat(bench.runToEnd(bench.command(mode)).outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(bench.check.looks).isZero();
  }

  @Test
  void aFactThatWasRememberedIsThereAfterACrash() throws InterruptedException {
    bench.first.onMake =
        context -> {
          if (context.fact("operation").isEmpty()) {
            context.remember("operation", "op-7");
            throw new CrashPoints.SimulatedCrash(-1);
          }
        };
    assertThat(bench.runToEnd().outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.journal.events.get(bench.journal.events.size() - 1).getFacts())
        .anyMatch(fact -> fact.getName().equals("operation") && fact.getValue().equals("op-7"));
  }

  @Test
  void aCrashedExecutionRefusesToGoOn() throws InterruptedException {
    Execution execution = bench.start();
    bench.advanceTo(execution, ExecutionState.MAKING, "first");
    bench.first.onMake =
        context -> {
          throw new InterruptedException("shutting down");
        };
    assertThatThrownBy(execution::advance).isInstanceOf(InterruptedException.class);
    assertThatThrownBy(execution::advance).isInstanceOf(IllegalStateException.class);
  }

  private Map<String, String> factsOfEnd() {
    return Facts.toMap(bench.journal.events.get(bench.journal.events.size() - 1).getFacts());
  }

  private static FailureCode code(Next.Finished end) {
    return end.error().orElseThrow().getCode();
  }
}
