package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A world, a journal and a procedure of four actions, to run executions on. */
final class Bench {
  final CrashPoints crashes = new CrashPoints();
  final MemoryJournal journal = new MemoryJournal(crashes);
  final ManualClock clock = new ManualClock();
  final List<StepEvent> lines = new ArrayList<>();
  final Set<String> visited = new HashSet<>();
  final ModelAction check = new ModelAction("check", crashes, false);
  final ModelAction first = new ModelAction("first", crashes, true);
  final ModelAction point = new ModelAction("point", crashes, true);
  final ModelAction last = new ModelAction("last", crashes, true);
  final ModelAction undo = ModelAction.undoing(first, crashes);
  Optional<String> killSwitch = Optional.empty();
  Duration leaseAge = Duration.ZERO;
  boolean leaseStaysOld;
  final StepCommand command = command(Mode.ACT);
  int executions;

  StepCommand command(Mode mode) {
    return StepCommand.newBuilder()
        .setCommandId("inc-1/restore/1")
        .setIncidentId("inc-1")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("restore")
        .setComponent("postgresql")
        .setProcedure("model.procedure")
        .setWorker("postgresql")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(mode)
        .setIssuedAt(clock.instant())
        .setDeadline(clock.instant().plus(Duration.ofMinutes(30)))
        .setParameters(List.of())
        .build();
  }

  Procedure procedure() {
    return Procedure.named("model.procedure")
        .action(check)
        .action(first)
        .pointOfNoReturn(point)
        .action(last)
        .onFailure(undo)
        .publishing(Bench::binding)
        .build();
  }

  private static Binding binding(StepCommand command, Map<String, String> facts, Instant at) {
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource(facts.get("fact-of-last"))
        .setEpoch(2)
        .setFacts(List.of())
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }

  /** A new process takes the command over. */
  Execution start() {
    return start(command);
  }

  Execution start(StepCommand wanted) {
    executions++;
    Lease lease =
        new Lease() {
          @Override
          public Duration age() {
            crashes.pass();
            Duration age = leaseAge;
            leaseAge = leaseStaysOld ? age : Duration.ZERO;
            return age;
          }

          @Override
          public boolean lost() {
            return false;
          }
        };
    Ports ports =
        new Ports(
            "postgresql",
            "executor-" + executions,
            journal.takeOver(),
            lease,
            platform -> {
              crashes.pass();
              return killSwitch;
            },
            lines::add,
            clock,
            Duration.ofSeconds(2));
    return new Execution(wanted, Optional.of(procedure()), ports);
  }

  /** Runs until the end, however often the process crashes; waits are skipped by the clock. */
  Next.Finished runToEnd() throws InterruptedException {
    return runToEnd(command);
  }

  Next.Finished runToEnd(StepCommand wanted) throws InterruptedException {
    while (true) {
      try {
        return finish(start(wanted));
      } catch (CrashPoints.SimulatedCrash e) {
        clock.move(Duration.ofSeconds(6));
      }
    }
  }

  Next.Finished finish(Execution execution) throws InterruptedException {
    try {
      while (true) {
        Next next = execution.advance();
        if (next instanceof Next.Finished finished) {
          return finished;
        }
        if (next instanceof Next.WaitUntil wait) {
          clock.moveTo(wait.moment());
        }
      }
    } finally {
      visited.addAll(execution.history());
    }
  }

  /** Advances until the state is reached. */
  void advanceTo(Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      if (execution.advance() instanceof Next.WaitUntil wait) {
        clock.moveTo(wait.moment());
      }
    }
    visited.addAll(execution.history());
  }

  List<StepTransition> transitions() {
    return journal.events.stream().map(StepEvent::getTransition).toList();
  }
}
