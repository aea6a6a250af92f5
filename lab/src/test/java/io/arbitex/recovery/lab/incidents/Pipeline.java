package io.arbitex.recovery.lab.incidents;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.verifier.SuiteBench;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Decider, executors and verifier of one platform, with a queue where there are topics else. The
 * workers have a thread of their own, so that observers are heard while they work.
 */
final class Pipeline implements AutoCloseable {
  private static final Set<IncidentKind> ENDS =
      EnumSet.of(IncidentKind.RESOLVED, IncidentKind.SELF_HEALED, IncidentKind.ESCALATED);
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long HEARTBEAT_MILLIS = 150;

  final List<IncidentEvent> events = new ArrayList<>();
  final List<StepCommand> commands = new ArrayList<>();
  final List<ValidationOutcome> verdicts = new ArrayList<>();
  final Observers observers;
  private final IncidentWorld world;
  private final Decider decider;
  private final Procedures procedures;
  private final SuiteBench suite;
  private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
  private final ExecutorService workers =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "workers"));
  private volatile Optional<Bound> bound = Optional.empty();
  private PlatformState state;

  /**
   * @param badSince when what the observers will see began
   */
  Pipeline(IncidentWorld world, Policy policy, Instant badSince) throws Exception {
    this.world = world;
    this.observers = new Observers(world, badSince);
    this.decider = new Decider(world.inventory(), policy);
    this.procedures = world.procedures(policy, () -> bound);
    this.suite = new SuiteBench(world.inventory());
    this.state = Decider.initial(IncidentWorld.PLATFORM);
    state.setIncidents(world.nextIncident());
    tell(new Input.Backup(world.dump));
  }

  /** Lets time pass until an incident has ended, or a person is needed. */
  IncidentEvent runToEnd() throws InterruptedException {
    int told = events.size();
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < limit) {
      Object heard = queue.poll(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
      if (heard instanceof Input input) {
        tell(input);
      } else if (heard instanceof Throwable broken) {
        throw new AssertionError("a worker broke\n" + story(), broken);
      } else {
        for (HealthEvent each : observers.look()) {
          tell(new Input.Health(each));
        }
        tell(new Input.Timer());
      }
      for (IncidentEvent each : events.subList(told, events.size())) {
        if (ENDS.contains(each.getKind())) {
          return each;
        }
      }
    }
    throw new AssertionError("no end within " + LIMIT + "\n" + story());
  }

  /** All that was decided, a line each. */
  String story() {
    StringBuilder story = new StringBuilder();
    for (IncidentEvent each : events) {
      story.append(each.getAt()).append(' ').append(each.getKind()).append("  ");
      story.append(each.getText()).append('\n');
    }
    return story.toString();
  }

  /** What was said of steps that failed. */
  List<String> failures() {
    return events.stream()
        .filter(each -> each.getKind() == IncidentKind.STEP_FAILED)
        .map(each -> each.getProcedure() + ": " + each.getText() + " " + each.getNext())
        .toList();
  }

  private void tell(Input input) {
    if (input instanceof Input.Validation validation
        && validation.outcome().getCheck().equals("verdict")) {
      verdicts.add(validation.outcome());
    }
    if (input instanceof Input.Bound binding) {
      observers.follow(binding.binding());
    }
    Decided decided = decider.decide(state, input, Times.now(Clock.systemUTC()));
    decided
        .rejected()
        .ifPresent(
            why -> {
              throw new AssertionError("rejected: " + why);
            });
    state = decided.state();
    for (Output output : decided.outputs()) {
      if (output.value() instanceof IncidentEvent event) {
        events.add(event);
      } else if (output.value() instanceof StepCommand command) {
        give(command);
      } else if (output.value() instanceof FleetEvent event
          && event.getKind() == FleetKind.REQUEST) {
        queue.add(
            new Input.Admitted(FleetEvent.newBuilder(event).setKind(FleetKind.GRANT).build()));
      }
    }
  }

  private void give(StepCommand command) {
    if (command.getKind() != CommandKind.EXECUTE) {
      throw new AssertionError("no step of these incidents is taken back: " + command);
    }
    commands.add(command);
    workers.execute(
        () -> {
          try {
            if (command.getWorker().equals("verifier")) {
              for (ValidationOutcome each : suite.run(command)) {
                queue.add(new Input.Validation(each));
              }
            } else {
              execute(command);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Exception | Error e) {
            queue.add(e);
          }
        });
  }

  private void execute(StepCommand command) throws InterruptedException {
    ProcedureBench bench = world.bench(procedures);
    Execution execution = bench.start(command);
    int told = 0;
    Next next;
    do {
      next = execution.advance();
      for (Binding each : bench.bindings) {
        bound =
            Optional.of(
                new Bound(each.getResource(), each.getEpoch(), Facts.toMap(each.getFacts())));
      }
      for (; told < bench.events.size(); told++) {
        queue.add(new Input.Progress(bench.events.get(told)));
      }
      if (next instanceof Next.WaitUntil wait) {
        while (Instant.now().isBefore(wait.moment())) {
          LockSupport.parkNanos(Duration.between(Instant.now(), wait.moment()).toNanos());
        }
      }
    } while (!(next instanceof Next.Finished));
    bench.bindings.forEach(each -> queue.add(new Input.Bound(each)));
  }

  @Override
  public void close() {
    workers.shutdownNow();
    try {
      // What it touches last is not to meet the next incident.
      if (!workers.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new AssertionError("a worker does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
