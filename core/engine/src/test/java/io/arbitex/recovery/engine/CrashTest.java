package io.arbitex.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The process dies at every single point, and the effect is there exactly once. */
class CrashTest {

  private interface Scenario {
    void prepare(Bench bench);

    void check(Bench bench, Next.Finished end, String where);
  }

  private static final Scenario SUCCESS =
      new Scenario() {
        @Override
        public void prepare(Bench bench) {}

        @Override
        public void check(Bench bench, Next.Finished end, String where) {
          assertThat(end.outcome()).as(where).isEqualTo(Outcome.DONE);
          assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
              .as("one effect each; %s", where)
              .containsExactly(1, 1, 1);
          assertThat(bench.journal.bindings).as(where).hasSize(1);
        }
      };

  private static final Scenario FAILED_PROOF =
      new Scenario() {
        @Override
        public void prepare(Bench bench) {
          bench.point.onLook =
              context -> {
                throw ActionFailure.permanent(FailureCode.PROOF_FAILED, "rows are missing", "Look");
              };
        }

        @Override
        public void check(Bench bench, Next.Finished end, String where) {
          assertThat(end.outcome()).as(where).isEqualTo(Outcome.FAILED);
          assertThat(end.error().orElseThrow().getCode())
              .as(where)
              .isEqualTo(FailureCode.PROOF_FAILED);
          assertThat(end.error().orElseThrow().getLeftBehind()).as(where).isEmpty();
          assertThat(List.of(bench.first.effects, bench.point.effects, bench.last.effects))
              .as("nothing is left; %s", where)
              .containsExactly(0, 0, 0);
          assertThat(bench.journal.bindings).as(where).isEmpty();
        }
      };

  private static final Scenario PASSING_TROUBLE =
      new Scenario() {
        @Override
        public void prepare(Bench bench) {
          int[] strikes = {2};
          bench.point.retry =
              RetryPolicy.upTo(5, java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(9));
          bench.point.onMake =
              context -> {
                if (strikes[0]-- > 0) {
                  throw ActionFailure.passing(
                      FailureCode.TARGET_UNREACHABLE, "connection refused", "Wait");
                }
              };
        }

        @Override
        public void check(Bench bench, Next.Finished end, String where) {
          SUCCESS.check(bench, end, where);
        }
      };

  @Test
  void everyCrashPointOfASuccessLeavesExactlyOneEffect() throws InterruptedException {
    assertThat(crashEverywhere(SUCCESS)).isGreaterThan(40);
  }

  @Test
  void everyCrashPointOfAFailureLeavesNothingBehind() throws InterruptedException {
    assertThat(crashEverywhere(FAILED_PROOF)).isGreaterThan(30);
  }

  @Test
  void everyCrashPointOfARetryLeavesExactlyOneEffect() throws InterruptedException {
    assertThat(crashEverywhere(PASSING_TROUBLE)).isGreaterThan(50);
  }

  @Test
  void everyPairOfCrashPointsLeavesExactlyOneEffect() throws InterruptedException {
    Bench quiet = new Bench();
    SUCCESS.prepare(quiet);
    quiet.runToEnd();
    int points = quiet.crashes.passed();
    for (int one = 0; one < points; one++) {
      for (int gap = 1; gap < 15; gap++) {
        Bench bench = new Bench();
        bench.crashes.crashAt(one);
        bench.crashes.crashAt(one + gap);
        SUCCESS.check(bench, bench.runToEnd(), "crashes at " + one + " and " + (one + gap));
      }
    }
  }

  private static int crashEverywhere(Scenario scenario) throws InterruptedException {
    for (int point = 0; ; point++) {
      Bench bench = new Bench();
      scenario.prepare(bench);
      bench.crashes.crashAt(point);
      Next.Finished end = bench.runToEnd();
      String where = "crash at point " + point + ", journal " + bench.journal.all;
      scenario.check(bench, end, where);
      assertOneEnd(bench, where);
      if (bench.crashes.passed() <= point) {
        return point;
      }
    }
  }

  /** The records tell the same story, however often the process died. */
  private static void assertOneEnd(Bench bench, String where) {
    assertThat(bench.journal.all.stream().filter(e -> e.getState() == JournalState.TERMINAL))
        .as(where)
        .hasSize(1);
    assertThat(bench.transitions().stream().filter(StepTransition.ACCEPTED::equals))
        .as(where)
        .hasSize(1);
    List<String> ids = bench.journal.events.stream().map(StepEvent::getId).toList();
    assertThat(new HashSet<>(ids)).as("ids of events are unique; %s", where).hasSameSizeAs(ids);
  }
}
