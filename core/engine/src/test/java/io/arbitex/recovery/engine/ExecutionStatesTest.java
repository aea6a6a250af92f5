package io.arbitex.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ExecutionStatesTest {
  private static final ModelAction.Trouble REFUSED =
      context -> {
        throw ActionFailure.passing(FailureCode.TARGET_UNREACHABLE, "refused", "Wait");
      };

  /** Each makes a course of its own. */
  private static final List<Consumer<Bench>> COURSES =
      List.of(
          bench -> {},
          bench -> bench.clock.move(Duration.ofHours(1)),
          bench -> bench.point.onMake = REFUSED,
          bench -> bench.point.onLook = REFUSED,
          bench -> bench.first.broken = true,
          bench -> {
            bench.point.onLook = REFUSED;
            bench.undo.onMake = REFUSED;
          },
          bench ->
              bench.first.onLook =
                  context -> {
                    bench.leaseAge = Duration.ofSeconds(9);
                    bench.clock.move(Duration.ofSeconds(9));
                  },
          bench -> bench.first.onLook = context -> bench.clock.move(Duration.ofHours(1)),
          bench -> bench.first.onMake = context -> context.remember("operation", "op-7"),
          bench -> bench.first.onLook = context -> bench.killSwitch = Optional.of("stop"),
          bench -> bench.check.onLook = context -> bench.clock.move(Duration.ofHours(1)),
          bench -> {
            bench.check.deadline = Duration.ofHours(9);
            bench.check.retry = RetryPolicy.every(Duration.ofMinutes(10));
            bench.check.broken = true;
          });

  @Test
  void everyTransitionOfTheTableIsVisitedAndNoOther() throws InterruptedException {
    Set<String> visited = new HashSet<>();
    for (Consumer<Bench> course : COURSES) {
      visited.addAll(undisturbed(course, Mode.ACT));
      visited.addAll(undisturbed(course, Mode.DRY_RUN));
      int steps = takenOverAt(course, Integer.MAX_VALUE, visited);
      for (int step = 0; step < steps; step++) {
        takenOverAt(course, step, visited);
        cancelledAt(course, step, false, visited);
        cancelledAt(course, step, true, visited);
        diedAt(course, step, visited);
      }
    }
    assertThat(visited)
        .containsExactlyInAnyOrderElementsOf(
            ExecutionStates.table().transitions().stream()
                .map(row -> row.from() + " on " + row.trigger())
                .toList());
  }

  private static Set<String> undisturbed(Consumer<Bench> course, Mode mode)
      throws InterruptedException {
    Bench bench = new Bench();
    Execution execution = bench.start(bench.command(mode));
    course.accept(bench);
    bench.finish(execution);
    return bench.visited;
  }

  /** Another process takes the command over before that step; the first one runs on. */
  private static int takenOverAt(Consumer<Bench> course, int step, Set<String> visited)
      throws InterruptedException {
    Bench bench = new Bench();
    Execution execution = bench.start();
    course.accept(bench);
    int steps = 0;
    Next next;
    do {
      if (steps++ == step) {
        bench.journal.takeOver();
      }
      next = execution.advance();
      if (next instanceof Next.WaitUntil wait) {
        bench.clock.moveTo(wait.moment());
      }
    } while (!(next instanceof Next.Finished));
    visited.addAll(execution.history());
    return steps;
  }

  /** The command is cancelled before that step, and perhaps taken over as well. */
  private static void cancelledAt(
      Consumer<Bench> course, int step, boolean takenOver, Set<String> visited)
      throws InterruptedException {
    Bench bench = new Bench();
    Execution execution = bench.start();
    course.accept(bench);
    for (int i = 0; i < step; i++) {
      if (execution.advance() instanceof Next.WaitUntil wait) {
        bench.clock.moveTo(wait.moment());
      }
    }
    execution.cancel();
    if (takenOver) {
      bench.journal.takeOver();
    }
    bench.finish(execution);
    visited.addAll(execution.history());
  }

  /** The process dies before that step, another one goes on. */
  private static void diedAt(Consumer<Bench> course, int step, Set<String> visited)
      throws InterruptedException {
    Bench bench = new Bench();
    Execution execution = bench.start();
    course.accept(bench);
    for (int i = 0; i < step; i++) {
      if (execution.advance() instanceof Next.WaitUntil wait) {
        bench.clock.moveTo(wait.moment());
      }
    }
    bench.runToEnd();
    visited.addAll(bench.visited);
  }

  @Test
  void anIllegalTransitionThrowsWithTheWholeHistory() {
    assertThatThrownBy(
            () ->
                ExecutionStates.table()
                    .next(ExecutionState.NEW, ExecutionTrigger.MADE, List.of("a", "b")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NEW on MADE")
        .hasMessageContaining("a > b");
  }

  /** Run with {@code -Ddiagrams.write} to bring the document up to date. */
  @Test
  void theDiagramInTheDocumentsIsTheTable() throws IOException {
    Path file = Path.of("../../docs/generated/execution-states.md");
    String diagram = ExecutionStates.table().diagram();
    if (System.getProperty("diagrams.write") != null) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, diagram);
    }
    assertThat(file).as("stale: run this test with -Ddiagrams.write").hasContent(diagram);
  }
}
