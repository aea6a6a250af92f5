package io.arbitex.recovery.executors;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.Lease;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.engine.Ports;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Runs procedures on real servers with a journal in memory, and crashes where it is told to. */
public final class ProcedureBench {
  /** The process dies here. */
  public static final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(String where) {
      super(where);
    }
  }

  private static final Framing FRAMING = new Framing();

  public final Map<String, JournalEntry> entries = new LinkedHashMap<>();
  public final List<StepEvent> events = new ArrayList<>();
  public final List<StepEvent> lines = new ArrayList<>();
  public final List<Binding> bindings = new ArrayList<>();
  private final Function<StepCommand, Optional<Procedure>> procedures;
  private long writes;
  private int owner;
  private int boundaries;
  private int crashAtBoundary = -1;
  private int crashAtWrite = -1;
  private boolean crashEverywhere;
  private boolean crashAroundFacts;
  private final Set<String> crashed = new LinkedHashSet<>();

  public ProcedureBench(Procedures procedures) {
    this(procedures::of);
  }

  public ProcedureBench(Function<StepCommand, Optional<Procedure>> procedures) {
    this.procedures = procedures;
  }

  /** The process dies before that boundary, counted from 0 over all processes. */
  public void crashBeforeBoundary(int boundary) {
    crashAtBoundary = boundary;
  }

  /** The process dies right after that many more writes. */
  public void crashAfterWrites(int more) {
    crashAtWrite = (int) writes + more;
  }

  /**
   * The process dies once before every state of every action, and once after every kind of write
   * that it does for one: all in one run, each time as a new process.
   */
  public void crashOnceEverywhere() {
    crashEverywhere = true;
    crashed.clear();
  }

  /**
   * The same, and also once before and once after each fact is kept: what an order was answered is
   * lost, or known to the journal alone.
   */
  public void crashOnceAroundEveryFact() {
    crashOnceEverywhere();
    crashAroundFacts = true;
  }

  private void dieOnceAround(String moment, JournalEntry entry) {
    if (crashAroundFacts) {
      Map<String, String> facts = Facts.toMap(entry.getFacts());
      // One that was emptied is another fact when it gets a value again.
      facts.values().removeIf(String::isEmpty);
      dieOnce("%s %s %s %s".formatted(moment, entry.getAction(), entry.getState(), facts.keySet()));
    }
  }

  /** Where it has died so. */
  public Set<String> crashes() {
    return crashed;
  }

  private void dieOnce(String where) {
    if (crashEverywhere && crashed.add(where)) {
      throw new SimulatedCrash(where);
    }
  }

  /** Offsets of the journal go on where another bench's ended. */
  public void continueAfter(ProcedureBench earlier) {
    writes = earlier.writes;
  }

  public int boundaries() {
    return boundaries;
  }

  public Execution start(StepCommand command) {
    return start(command, procedures.apply(command));
  }

  private Execution start(StepCommand command, Optional<Procedure> procedure) {
    int mine = ++owner;
    Journal journal =
        new Journal() {
          @Override
          public long append(JournalWrite write) {
            if (mine != owner) {
              throw new OwnershipLost("owner " + mine + " of " + owner, null);
            }
            dieOnceAround("before", write.entry());
            JournalEntry copy = FRAMING.decode(FRAMING.encode(write.entry()), JournalEntry.class);
            entries.put(JournalEntries.key(copy), copy);
            events.addAll(write.events());
            write.binding().ifPresent(bindings::add);
            long token = ++writes;
            if (token == crashAtWrite) {
              throw new SimulatedCrash("after write " + token);
            }
            dieOnce("after " + copy.getAction() + " " + copy.getState());
            dieOnceAround("after", copy);
            return token;
          }

          @Override
          public List<JournalEntry> entries(String commandId) {
            return entries.values().stream()
                .filter(entry -> entry.getCommandId().equals(commandId))
                .toList();
          }
        };
    Lease lease =
        new Lease() {
          @Override
          public Duration age() {
            return Duration.ZERO;
          }

          @Override
          public boolean lost() {
            return false;
          }
        };
    return new Execution(
        command,
        procedure,
        new Ports(
            command.getWorker(),
            "executor-" + mine,
            journal,
            lease,
            platform -> Optional.empty(),
            lines::add,
            Clock.systemUTC(),
            Duration.ofSeconds(2)));
  }

  /** Runs until the end, however often the process dies. */
  public Next.Finished run(StepCommand command) throws InterruptedException {
    while (true) {
      try {
        return drive(start(command));
      } catch (SimulatedCrash e) {
        crashAtBoundary = -1;
      }
    }
  }

  /** Runs a procedure that the command only names. */
  public Next.Finished run(StepCommand command, Procedure procedure) throws InterruptedException {
    return drive(start(command, Optional.of(procedure)));
  }

  public Next.Finished drive(Execution execution) throws InterruptedException {
    while (true) {
      if (boundaries++ == crashAtBoundary) {
        throw new SimulatedCrash("before " + execution.state());
      }
      dieOnce("before " + execution.currentAction() + " " + execution.state());
      Next next = execution.advance();
      if (next instanceof Next.Finished finished) {
        return finished;
      }
      if (next instanceof Next.WaitUntil wait) {
        while (Instant.now().isBefore(wait.moment())) {
          LockSupport.parkNanos(Duration.between(Instant.now(), wait.moment()).toNanos());
        }
      }
    }
  }

  public Map<String, String> factsOfEnd() {
    return Facts.toMap(events.get(events.size() - 1).getFacts());
  }
}
