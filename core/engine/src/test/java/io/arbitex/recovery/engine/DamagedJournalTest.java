package io.arbitex.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What a journal says that cannot be believed is not guessed at. Patroni #3572: any error that is
 * not expected must take the safe branch.
 */
class DamagedJournalTest {
  private final Bench bench = new Bench();

  @Test
  void aCommandWithADamagedEntryDoesNothingMoreAndSaysThatNobodyKnows() throws Exception {
    Execution first = bench.start();
    bench.advanceTo(first, ExecutionState.CONFIRMING, "first");
    damage();
    Next.Finished end = bench.finish(bench.start());
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(end.error().orElseThrow().getMessage()).contains("entry x at 7");
    assertThat(bench.first.effects).as("neither done again nor undone").isEqualTo(1);
    assertThat(bench.point.effects + bench.last.effects + bench.undo.looks).isZero();
    StepEvent told = bench.journal.events.get(bench.journal.events.size() - 1);
    assertThat(Facts.find(told.getFacts(), "point-of-no-return"))
        .hasValue("do point (it may have happened)");
  }

  @Test
  void aCommandThatHasEndedStaysEnded() throws Exception {
    bench.runToEnd();
    damage();
    assertThat(bench.finish(bench.start()).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void aCommandWhoseAcceptanceIsDamagedIsNotBegunASecondTime() {
    damage();
    assertThat(JournalEntries.knows(bench.journal.entries.values())).isTrue();
    assertThat(JournalEntries.unfinished(bench.journal.entries.values())).isEmpty();
  }

  @Test
  void whatTheEngineWritesIsBelieved() throws Exception {
    bench.first.onMake = context -> context.remember("a", "b");
    bench.runToEnd();
    bench.journal.all.forEach(
        entry -> assertThat(JournalDamage.in(JournalEntries.key(entry), entry)).isEmpty());
  }

  @Test
  void whatCannotBeIsDamage() throws Exception {
    bench.runToEnd();
    assertDamaged(0, entry -> entry.setCommand(null), "does not hold");
    assertDamaged(0, entry -> entry.getCommand().setWorker("cutover"), "does not hold");
    assertDamaged(0, entry -> entry.setState(JournalState.DONE), "a command is not DONE");
    assertDamaged(0, entry -> entry.setState(JournalState.UNSPECIFIED), "no command or no state");
    assertDamaged(1, entry -> entry.setTries(-1), "tried -1 times");
    assertDamaged(1, entry -> fact(entry, CommandLog.STARTED, "yesterday"), "cannot be read");
    assertDamaged(1, entry -> fact(entry, CommandLog.FAILURES, "many"), "cannot be read");
    assertDamaged(1, entry -> fact(entry, CommandLog.OUTCOME, "GOOD"), "cannot be read");
    JournalEntry entry = bench.journal.all.get(1);
    assertThat(JournalDamage.in("another/key", entry).orElseThrow()).contains("its key is");
  }

  private void assertDamaged(int number, Consumer<JournalEntry> change, String why) {
    JournalEntry entry = Framing.copy(bench.journal.all.get(number));
    change.accept(entry);
    assertThat(JournalDamage.in(JournalEntries.key(entry), entry).orElse("believed")).contains(why);
  }

  private static void fact(JournalEntry entry, String name, String value) {
    entry.setFacts(List.of(new Fact(name, value)));
  }

  private void damage() {
    JournalEntry standIn =
        JournalDamage.standIn(bench.command.getCommandId(), "entry x at 7", bench.clock.instant());
    bench.journal.entries.put(JournalEntries.key(standIn), standIn);
  }
}
