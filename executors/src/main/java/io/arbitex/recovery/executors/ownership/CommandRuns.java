package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.Ports;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The commands that this process carries out now. To be used by the polling thread only. */
final class CommandRuns {
  private final Worker worker;
  private final Carrying carrying;
  private final Map<String, CommandRun> runs = new HashMap<>();

  CommandRuns(Worker worker, Carrying carrying) {
    this.worker = worker;
    this.carrying = carrying;
  }

  Execution execution(OwnedPartition partition, StepCommand command, Journal journal) {
    return execution(partition, command, journal, carrying.procedures().apply(command));
  }

  /**
   * An execution that touches nothing and fails, for a command of which no procedure can be made.
   */
  Execution failing(
      OwnedPartition partition, StepCommand command, Journal journal, RuntimeException why) {
    return execution(partition, command, journal, Optional.of(Unbuildable.procedure(command, why)));
  }

  private Execution execution(
      OwnedPartition partition,
      StepCommand command,
      Journal journal,
      Optional<Procedure> procedure) {
    return new Execution(
        command,
        procedure,
        new Ports(
            worker.id(),
            carrying.owner(),
            journal,
            partition.lease(),
            carrying.killSwitch(),
            carrying.progress(),
            carrying.clock(),
            carrying.leaseLimit()));
  }

  /**
   * Carries a command out on a thread of its own.
   *
   * @param begun an execution that was begun already; null to go on from the journal
   */
  void start(OwnedPartition partition, StepCommand command, Execution begun) {
    CommandRun run =
        new CommandRun(
            command,
            partition,
            begun,
            () -> execution(partition, command, partition),
            carrying.clock(),
            carrying.ended());
    runs.put(command.getCommandId(), run);
    run.start();
  }

  /** To be called after the journal knows of the cancel. */
  void cancel(String commandId) {
    CommandRun run = runs.get(commandId);
    if (run != null) {
      run.cancel();
    }
  }

  void forgetEnded() {
    runs.values().removeIf(run -> !run.running());
  }

  /** Ends all work for partitions, or gives it up after a limit; it goes on elsewhere. */
  void end(Collection<OwnedPartition> partitions, Duration limit) {
    List<CommandRun> ending =
        runs.values().stream().filter(run -> partitions.contains(run.partition())).toList();
    ending.forEach(CommandRun::interrupt);
    long until = System.nanoTime() + limit.toNanos();
    for (CommandRun run : ending) {
      try {
        run.join(Duration.ofNanos(Math.max(1_000_000, until - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      runs.remove(run.command().getCommandId());
    }
  }
}
