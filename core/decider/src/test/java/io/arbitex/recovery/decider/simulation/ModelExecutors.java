package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.Lease;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.engine.Ports;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The executors of all workers: one owner at a time, which may die or be taken for dead; in the
 * second case the old one goes on as a zombie that the journal refuses.
 */
final class ModelExecutors {
  /** The process died; nothing in it goes on. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
      super(where);
    }
  }

  private final VirtualTime time;
  private final Random random;
  private final ModelProcedures procedures;
  private final Consumer<JournalWrite> published;
  private final Map<String, JournalEntry> journal = new LinkedHashMap<>();
  private final List<StepCommand> unaccepted = new ArrayList<>();
  private int generation;
  private boolean dead;
  private long token;
  private int crashesLeft;
  private Map<String, Execution> running = new LinkedHashMap<>();

  ModelExecutors(
      VirtualTime time,
      Random random,
      ModelProcedures procedures,
      int crashes,
      Consumer<JournalWrite> published) {
    this.time = time;
    this.random = random;
    this.procedures = procedures;
    this.crashesLeft = crashes;
    this.published = published;
  }

  /** A command was read from its topic. */
  void deliver(StepCommand command) {
    unaccepted.add(command);
    if (!dead) {
      take(command);
    }
  }

  /** The dice for crashes, asked at every boundary; the number of crashes is bounded. */
  void maybeCrash(String where) {
    if (crashesLeft > 0 && random.nextInt(12) == 0) {
      crashesLeft--;
      throw new Crash(where);
    }
  }

  /** Takes the owner for dead although it lives; what it runs goes on as a zombie's. */
  void takeOverFromLiving() {
    if (!dead) {
      takeOver();
    }
  }

  private void take(StepCommand command) {
    try {
      if (command.getKind() == CommandKind.CANCEL) {
        new GenerationJournal(generation)
            .append(
                new JournalWrite(
                    JournalEntries.cancel(command, "owner", Times.now(time)),
                    List.of(),
                    Optional.empty()));
        unaccepted.remove(command);
        Optional.ofNullable(running.get(command.getCommandId())).ifPresent(Execution::cancel);
        return;
      }
    } catch (Crash e) {
      die();
      return;
    }
    if (!running.containsKey(command.getCommandId())) {
      start(command);
    }
  }

  private void start(StepCommand command) {
    Execution execution =
        new Execution(command, procedures.find(command.getProcedure()), ports(generation));
    running.put(command.getCommandId(), execution);
    drive(execution, generation);
  }

  private void drive(Execution execution, int of) {
    time.in(Duration.ofMillis(1 + random.nextInt(120)), () -> advance(execution, of));
  }

  private void advance(Execution execution, int of) {
    boolean current = of == generation && !dead;
    boolean zombie = of < generation;
    if (!current && !zombie) {
      return;
    }
    Next next;
    try {
      next = execution.advance();
    } catch (Crash e) {
      if (current) {
        die();
      }
      return;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the simulation", e);
    }
    if (next instanceof Next.Continue) {
      drive(execution, of);
    } else if (next instanceof Next.WaitUntil until) {
      time.at(until.moment(), () -> advance(execution, of));
    } else if (current) {
      running.remove(execution.command().getCommandId());
    }
  }

  private void die() {
    dead = true;
    int died = generation;
    time.in(
        Duration.ofMillis(300 + random.nextInt(6_000)),
        () -> {
          if (died == generation) {
            takeOver();
          }
        });
  }

  private void takeOver() {
    generation++;
    dead = false;
    running = new LinkedHashMap<>();
    for (StepCommand command : JournalEntries.unfinished(journal.values())) {
      if (!running.containsKey(command.getCommandId())) {
        start(command);
      }
    }
    for (StepCommand command : List.copyOf(unaccepted)) {
      if (!dead) {
        take(command);
      }
    }
  }

  private Ports ports(int of) {
    GenerationJournal own = new GenerationJournal(of);
    return new Ports(
        "model",
        "owner-" + of,
        own,
        own,
        platform -> Optional.empty(),
        event -> {},
        time,
        Duration.ofSeconds(2));
  }

  private final class GenerationJournal implements Journal, Lease {
    private final int of;
    private Instant proven = time.instant();

    GenerationJournal(int of) {
      this.of = of;
    }

    @Override
    public long append(JournalWrite write) {
      if (of != generation) {
        throw new OwnershipLost("generation " + of + ", now " + generation, null);
      }
      maybeCrash("before the journal");
      journal.put(JournalEntries.key(write.entry()), write.entry());
      unaccepted.removeIf(
          command ->
              command.getKind() == CommandKind.EXECUTE
                  && command.getCommandId().equals(write.entry().getCommandId()));
      published.accept(write);
      proven = time.instant();
      token++;
      maybeCrash("after the journal");
      return token;
    }

    @Override
    public List<JournalEntry> entries(String commandId) {
      return journal.values().stream()
          .filter(entry -> entry.getCommandId().equals(commandId))
          .toList();
    }

    @Override
    public Duration age() {
      return Duration.between(proven, time.instant());
    }

    @Override
    public boolean lost() {
      return false;
    }
  }
}
