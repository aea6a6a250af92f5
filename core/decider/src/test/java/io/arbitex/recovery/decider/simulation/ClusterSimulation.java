package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.DecisionLog;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionInput;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.InputKind;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A platform with a cluster, a database beside it, a volume and a Redis in it, and a public face:
 * what is up is drawn from the seed, and so is what each step comes to. What executors do inside of
 * a step is {@link Simulation}'s; here it is the order of the steps.
 */
final class ClusterSimulation {
  private static final String PLATFORM = "lab";
  private static final List<String> COMPONENTS =
      List.of("postgresql", "buffer", "redis", "public-health", "cluster");
  private static final Duration FAULTS_END = Duration.ofSeconds(70);
  private static final Duration QUIET = Duration.ofSeconds(15);
  private static final Duration LENGTH = Duration.ofMinutes(3);

  /** What happens to the world in its first minute. */
  enum Fault {
    CLUSTER_AND_HEALTH,
    CLUSTER_ONLY,
    HEALTH_ONLY,
    EVERYTHING,
    ANY_OF_THEM_AT_ANY_TIME,
    ALL_FLAP
  }

  final List<IncidentEvent> incidents = new ArrayList<>();
  final List<Decision> decisions = new ArrayList<>();
  final List<String> commands = new ArrayList<>();
  final PlanRules rules;
  private final Random random;
  private final Fault fault;
  private final Decider decider;
  private final DecisionLog log;
  private final VirtualTime time = new VirtualTime();
  private final TreeSet<String> down = new TreeSet<>();
  private final Map<String, Integer> streaks = new HashMap<>();
  private final Map<String, Instant> badSince = new HashMap<>();
  private final Map<String, Long> epochs = new HashMap<>();
  private final Framing framing = new Framing();
  private final Map<String, Symptom> symptoms = new HashMap<>();
  private PlatformState state = Decider.initial(PLATFORM);
  private long offset;

  ClusterSimulation(long seed, Fault fault, boolean parallel, Decider decider) {
    this.random = new Random(seed);
    this.fault = fault;
    this.decider = decider;
    this.log = new DecisionLog(framing, decider);
    this.rules = new PlanRules(parallel);
  }

  /** Runs three minutes; less when everything is over for a while. */
  void run() {
    restorePoint();
    for (String name : COMPONENTS) {
      boolean ofItself = random.nextInt(6) == 0 && fault == Fault.ANY_OF_THEM_AT_ANY_TIME;
      symptoms.put(name, ofItself ? anySymptom() : Symptom.UNREACHABLE);
    }
    for (int i = 0; i < 3; i++) {
      int observer = i;
      time.in(Duration.ofMillis(random.nextInt(1_000)), () -> observe(observer));
    }
    Duration strike = Duration.ofSeconds(6);
    switch (fault) {
      case CLUSTER_AND_HEALTH -> strike(strike, List.of("cluster", "public-health"));
      case CLUSTER_ONLY -> strike(strike, List.of("cluster"));
      case HEALTH_ONLY -> strike(strike, List.of("public-health"));
      case EVERYTHING -> strike(strike, COMPONENTS);
      case ANY_OF_THEM_AT_ANY_TIME -> {
        for (String name : COMPONENTS) {
          if (random.nextBoolean()) {
            toggle(name, 6_000 + random.nextInt(50_000));
          }
          if (random.nextInt(3) == 0) {
            time.in(Duration.ofSeconds(20 + random.nextInt(60)), () -> down.remove(name));
          }
        }
      }
      case ALL_FLAP -> {
        for (String name : COMPONENTS) {
          for (int at = 6_000; at < 60_000; at += 1_000 + random.nextInt(9_000)) {
            toggle(name, at);
          }
        }
      }
    }
    Instant end = time.instant().plus(LENGTH);
    Instant quiet = time.instant().plus(FAULTS_END);
    boolean going = true;
    while (going) {
      going = time.next(isOver() ? quiet : end);
      if (!isOver() && time.instant().isAfter(quiet.minus(QUIET))) {
        quiet = time.instant().plus(QUIET);
      }
    }
  }

  private Symptom anySymptom() {
    List<Symptom> all =
        List.of(Symptom.AUTHENTICATION, Symptom.CORRUPT, Symptom.STARTING, Symptom.WRITES_REFUSED);
    return all.get(random.nextInt(all.size()));
  }

  private void strike(Duration at, List<String> names) {
    for (String name : names) {
      time.in(at.plusMillis(random.nextInt(2_000)), () -> down.add(name));
    }
  }

  private void toggle(String name, int atMillis) {
    time.in(
        Duration.ofMillis(atMillis),
        () -> {
          if (!down.remove(name)) {
            down.add(name);
          }
        });
  }

  boolean isOver() {
    return state.getIncident() == null;
  }

  // ---- observers ------------------------------------------------------------------------------

  private void observe(int observer) {
    for (String name : COMPONENTS) {
      boolean hidden = down.contains("cluster") && name.equals("buffer");
      HealthStatus status =
          hidden
              ? HealthStatus.UNKNOWN
              : down.contains(name) || random.nextInt(200) == 0
                  ? HealthStatus.DOWN
                  : HealthStatus.UP;
      String key = observer + name;
      int streak = streaks.merge(key + status, 1, Integer::sum);
      streaks.keySet().removeIf(each -> each.startsWith(key) && !each.equals(key + status));
      if (status == HealthStatus.DOWN) {
        badSince.putIfAbsent(key, Times.now(time));
      } else {
        badSince.remove(key);
      }
      // As the detectors: each bad one, each change, and a heartbeat.
      boolean confirms = streak <= 3;
      if ((status == HealthStatus.DOWN || confirms || streak % 8 == 0)
          && random.nextInt(100) != 0) {
        send(health(observer, name, status, streak, badSince.get(key)), 40);
      }
    }
    time.in(Duration.ofMillis(950 + random.nextInt(100)), () -> observe(observer));
  }

  private HealthEvent health(
      int observer, String name, HealthStatus status, int streak, Instant since) {
    return HealthEvent.newBuilder()
        .setId(observer + "/" + name + "/" + time.instant())
        .setPlatform(PLATFORM)
        .setComponent(name)
        .setObserver("observer-" + observer)
        .setSource(HealthSource.PROBE)
        .setStatus(status)
        .setSymptom(status == HealthStatus.UP ? Symptom.NONE : symptoms.get(name))
        .setConsecutive(streak)
        .setResource(name)
        .setBindingEpoch(epochs.getOrDefault(name, 0L))
        .setObservedAt(Times.now(time))
        .setBadSince(since)
        .setDetail("")
        .build();
  }

  private void restorePoint() {
    Instant takenAt = time.instant().minusSeconds(600);
    send(
        RestorePoint.newBuilder()
            .setId("rp-1")
            .setPlatform(PLATFORM)
            .setComponent("postgresql")
            .setKind(RestorePointKind.DUMP)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(takenAt)
            .setFinishedAt(takenAt)
            .setLocation("rp-1")
            .setFormat("custom")
            .setSizeBytes(1)
            .setSha256("")
            .setToolVersion("")
            .setServerVersion("")
            .build(),
        1);
  }

  // ---- workers --------------------------------------------------------------------------------

  private void carryOut(StepCommand command) {
    commands.add(command.getStepId() + " " + command.getKind());
    if (command.getKind() == CommandKind.CANCEL) {
      return;
    }
    if (command.getWorker().equals("verifier")) {
      time.in(Duration.ofMillis(500 + random.nextInt(3_000)), () -> verify(command));
      return;
    }
    time.in(Duration.ofMillis(20), () -> say(command, StepTransition.ACCEPTED, null));
    time.in(Duration.ofMillis(500 + random.nextInt(8_000)), () -> end(command));
  }

  private void end(StepCommand command) {
    FailureCode[] codes = FailureCode.values();
    if (random.nextInt(12) == 0) {
      FailureCode code = codes[random.nextInt(codes.length)];
      say(command, StepTransition.FAILED, new StepError(code, "it broke", "mend it", ""));
      return;
    }
    boolean replaces = command.getStepId().equals("cluster.cutover");
    say(
        command,
        StepTransition.DONE,
        null,
        replaces
            ? new Fact("resource", "cluster-" + (epochs.getOrDefault("cluster", 0L) + 1))
            : new Fact("made", "beside"));
    if (command.getStepId().endsWith(".cutover")) {
      String name = command.getComponent();
      down.remove(name);
      if (name.equals("cluster")) {
        down.addAll(List.of("redis", "buffer"));
      }
      bind(command, name);
    }
  }

  private void bind(StepCommand command, String name) {
    long epoch = epochs.merge(name, 1L, Long::sum);
    streaks.keySet().removeIf(each -> each.contains(name));
    send(
        Binding.newBuilder()
            .setPlatform(PLATFORM)
            .setComponent(name)
            .setResource(name + "-" + epoch)
            .setEpoch(epoch)
            .setFacts(List.of())
            .setIncidentId(command.getIncidentId())
            .setCommandId(command.getCommandId())
            .setAt(Times.now(time))
            .build(),
        2_000);
  }

  private void say(StepCommand command, StepTransition transition, StepError error, Fact... facts) {
    StepEvent event =
        StepEvent.newBuilder()
            .setId(command.getCommandId() + "/" + transition)
            .setCommandId(command.getCommandId())
            .setIncidentId(command.getIncidentId())
            .setPlatform(PLATFORM)
            .setStepId(command.getStepId())
            .setWorker(command.getWorker())
            .setOwner("executor-1")
            .setTransition(transition)
            .setAction("")
            .setStartedAt(Times.now(time))
            .setAt(Times.now(time))
            .setText("")
            .setFacts(List.of(facts))
            .setError(error)
            .build();
    send(event, 50);
    if (random.nextInt(20) == 0) {
      send(event, 5_000);
    }
  }

  private void verify(StepCommand command) {
    // The suite asks the platform itself, which serves when all that it is made of is there.
    if (down.stream().allMatch("public-health"::equals)) {
      down.clear();
    }
    send(
        ValidationOutcome.newBuilder()
            .setId(command.getCommandId() + "/verdict")
            .setCommandId(command.getCommandId())
            .setIncidentId(command.getIncidentId())
            .setPlatform(PLATFORM)
            .setStepId(command.getStepId())
            .setKind(OutcomeKind.VERDICT)
            .setComponent("")
            .setCheck("verdict")
            .setStatus(down.isEmpty() ? CheckStatus.PASS : CheckStatus.FAIL)
            .setExpected("")
            .setMeasured("")
            .setStartedAt(Times.now(time))
            .setAt(Times.now(time))
            .build(),
        50);
  }

  // ---- records to and from the decider --------------------------------------------------------

  private void send(SpecificRecordBase value, int delayMillis) {
    time.in(Duration.ofMillis(1 + random.nextInt(delayMillis)), () -> decide(Optional.of(value)));
  }

  private void decide(Optional<SpecificRecordBase> record) {
    Instant now = Times.now(time);
    PlatformState before = state;
    Input input = record.map(Input::of).orElse(new Input.Timer());
    Decided decided = decider.decide(before, input, now);
    state = decided.state();
    rules.hold(before, state);
    if (decided.significant()) {
      DecisionInput place =
          record
              .map(
                  value ->
                      new DecisionInput(
                          InputKind.RECORD,
                          "inputs",
                          0,
                          offset++,
                          ByteBuffer.wrap(framing.encode(value))))
              .orElse(new DecisionInput(InputKind.TIMER, "", -1, -1L, ByteBuffer.allocate(0)));
      decisions.add(log.applied(before, place, decided, now));
    }
    decided.outputs().forEach(this::deliver);
    Optional.ofNullable(state.getDueAt()).ifPresent(due -> time.at(due, () -> timer(due)));
  }

  private void timer(Instant due) {
    if (due.equals(state.getDueAt())) {
      decide(Optional.empty());
    }
  }

  private void deliver(Output output) {
    if (output.value() instanceof IncidentEvent event) {
      incidents.add(event);
    } else if (output.value() instanceof FleetEvent event && event.getKind() == FleetKind.REQUEST) {
      send(FleetEvent.newBuilder(event).setKind(FleetKind.GRANT).build(), 40);
    } else if (output.value() instanceof StepCommand command
        && !command.getWorker().equals("notify")) {
      if (command.getKind() == CommandKind.EXECUTE) {
        rules.dispatched(command, state, epochs.getOrDefault("cluster", 0L));
      }
      time.in(Duration.ofMillis(1 + random.nextInt(60)), () -> carryOut(command));
    }
  }
}
