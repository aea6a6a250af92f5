package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.record.StepCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one command to its end on a thread of its own, so that a wait of two hours keeps nobody
 * else waiting. An execution that crashed is built anew from the journal.
 */
final class CommandRun implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(CommandRun.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** A wait of days is asked for anew this often: it may end early, and clocks may be set. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);

  private final StepCommand command;
  private final OwnedPartition partition;
  private final Supplier<Execution> executions;
  private final Clock clock;
  private final BiConsumer<StepCommand, Outcome> ended;
  private final Thread thread;
  private Execution execution;
  private boolean cancelled;

  /**
   * @param first an execution that was begun already; null to build it
   * @param executions builds one from the journal
   * @param ended told how it ended, on the thread of this run
   */
  CommandRun(
      StepCommand command,
      OwnedPartition partition,
      Execution first,
      Supplier<Execution> executions,
      Clock clock,
      BiConsumer<StepCommand, Outcome> ended) {
    this.command = command;
    this.partition = partition;
    this.execution = first;
    this.executions = executions;
    this.clock = clock;
    this.ended = ended;
    this.thread = new Thread(this, "run-" + command.getCommandId());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  StepCommand command() {
    return command;
  }

  OwnedPartition partition() {
    return partition;
  }

  boolean running() {
    return thread.isAlive();
  }

  /** The command is to end; the journal knows it already. */
  synchronized void cancel() {
    cancelled = true;
    if (execution != null) {
      execution.cancel();
    }
    notifyAll();
  }

  /** Ends it here, wherever it stands; another process goes on with it. */
  void interrupt() {
    thread.interrupt();
  }

  void join(Duration limit) throws InterruptedException {
    thread.join(limit.toMillis());
  }

  @Override
  public void run() {
    Duration pause = Duration.ofMillis(500);
    while (!partition.lease().lost()) {
      try {
        Next.Finished end = drive();
        log.info("{}: {}", command.getCommandId(), end);
        ended.accept(command, end.outcome());
        return;
      } catch (InterruptedException e) {
        log.info("{}: left to its next owner", command.getCommandId());
        return;
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted() || partition.lease().lost()) {
          log.info("{}: left to its next owner", command.getCommandId());
          return;
        }
        log.error(
            "{}: crashed, goes on from the journal in {} ms",
            command.getCommandId(),
            pause.toMillis(),
            e);
      }
      try {
        synchronized (this) {
          execution = null;
          TimeUnit.MILLISECONDS.timedWait(this, pause.toMillis());
        }
      } catch (InterruptedException e) {
        return;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private Next.Finished drive() throws InterruptedException {
    Execution driven;
    synchronized (this) {
      if (execution == null) {
        execution = executions.get();
      }
      if (cancelled) {
        execution.cancel();
      }
      driven = execution;
    }
    while (true) {
      Next next = driven.advance();
      if (next instanceof Next.Finished finished) {
        return finished;
      }
      if (next instanceof Next.WaitUntil wait) {
        sleepUntil(wait.moment());
      }
    }
  }

  private synchronized void sleepUntil(Instant moment) throws InterruptedException {
    boolean before = cancelled;
    long millis =
        Math.min(
            LONGEST_SLEEP.toMillis(), Duration.between(clock.instant(), moment).toMillis() + 1);
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (cancelled == before && System.nanoTime() < until) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, until - System.nanoTime()));
    }
  }
}
