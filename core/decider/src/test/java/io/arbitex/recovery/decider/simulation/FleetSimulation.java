package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Examples;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.decider.fleet.Admission;
import io.arbitex.recovery.record.AdmissionView;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
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
import io.arbitex.recovery.schemas.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A fleet that is hit by storms: the real decider of every platform, the real admission, and
 * workers that take their time. What is not about the fleet goes well, with a few exceptions: a
 * restore that a person must retry, a platform that is held, one that comes back while it waits.
 */
final class FleetSimulation {
  /** Observers are heard when something changes only; silence is another simulation's. */
  private static final String POLICY =
      Examples.POLICY.replace("restoreAfter: 5s", "restoreAfter: 5s, observerTimeout: 48h")
          + "fleet: {limit: %d}\n";

  private static final Duration LONGEST = Duration.ofHours(24);

  private final Random random;
  private final Decider decider;
  private final Set<String> names;
  private final VirtualTime time = new VirtualTime();
  private final Map<String, PlatformState> states = new HashMap<>();
  private final Map<String, AdmissionView> kept = new HashMap<>();
  private final Map<String, Instant> timers = new HashMap<>();
  private final Map<String, Integer> restores = new HashMap<>();
  private Admission admission;
  private Instant lastSaidToFleet = Instant.EPOCH;

  /** Platforms for which a first step was dispatched, until their incident ends or escalates. */
  final Set<String> recovering = new HashSet<>();

  final Set<String> lost = new HashSet<>();
  final Set<String> recovered = new HashSet<>();
  final Set<String> healed = new HashSet<>();
  final List<String> asked = new ArrayList<>();
  final List<String> letIn = new ArrayList<>();
  int most;
  int escalated;
  int held;
  int decisions;

  FleetSimulation(long seed, int platforms, int limit) {
    this.random = new Random(seed);
    Decider one = Examples.decider(POLICY.formatted(limit));
    Inventory.Platform like = one.inventory().platforms().get(0);
    List<Inventory.Platform> all =
        IntStream.range(0, platforms)
            .mapToObj(
                i ->
                    new Inventory.Platform(
                        "p" + i,
                        like.observers(),
                        like.endpoints(),
                        like.kubernetes(),
                        like.azure(),
                        like.components(),
                        like.firstLine(),
                        like.endLine()))
            .toList();
    this.decider = new Decider(new Inventory(all, ""), one.policy());
    this.names = all.stream().map(Inventory.Platform::name).collect(Collectors.toSet());
    restartFleetTask();
  }

  private void restartFleetTask() {
    Policy.Fleet policy = decider.policy().fleet();
    admission = new Admission(kept.values(), names, policy);
  }

  /** At {@code at}, {@code count} platforms that were not hit before are lost within seconds. */
  void storm(Duration at, int count, Duration within) {
    time.in(
        at,
        () -> {
          for (int i = 0; i < count; i++) {
            String platform;
            do {
              platform = "p" + random.nextInt(names.size());
            } while (!lost.add(platform));
            String hit = platform;
            time.in(millis(within), () -> strike(hit));
          }
        });
  }

  /** Until nothing more happens. */
  void run() {
    Instant end = time.instant().plus(LONGEST);
    while (time.next(end)) {
      if (random.nextInt(20_000) == 0) {
        restartFleetTask();
      }
    }
  }

  private Duration millis(Duration most) {
    return Duration.ofMillis(1 + random.nextInt((int) most.toMillis()));
  }

  // ---- the world ------------------------------------------------------------------------------

  private void strike(String platform) {
    Instant takenAt = Times.now(time).minusSeconds(600);
    decide(
        platform,
        new Input.Backup(
            RestorePoint.newBuilder()
                .setId("rp")
                .setPlatform(platform)
                .setComponent("postgresql")
                .setKind(RestorePointKind.DUMP)
                .setState(RestorePointState.AVAILABLE)
                .setTakenAt(takenAt)
                .setFinishedAt(takenAt)
                .setLocation("rp")
                .setFormat("custom")
                .setSizeBytes(1)
                .setSha256("")
                .setToolVersion("")
                .setServerVersion("")
                .build()));
    allSay(platform, HealthStatus.UP);
    time.in(Duration.ofMillis(500), () -> allSay(platform, HealthStatus.DOWN));
    if (random.nextInt(25) == 0) {
      time.in(millis(Duration.ofMinutes(30)), () -> returns(platform));
    }
    if (random.nextInt(50) == 0) {
      time.in(millis(Duration.ofMinutes(5)), () -> hold(platform));
    }
  }

  private void returns(String platform) {
    if (!restores.containsKey(platform)) {
      allSay(platform, HealthStatus.UP);
    }
  }

  private void hold(String platform) {
    held++;
    decree(platform, ApprovalKind.HOLD);
    time.in(millis(Duration.ofHours(1)), () -> decree(platform, ApprovalKind.RELEASE));
  }

  private void decree(String platform, ApprovalKind kind) {
    PlatformState state = states.get(platform);
    String incident = state.getIncident() == null ? "" : state.getIncident().getId();
    Instant now = Times.now(time);
    decide(
        platform,
        new Input.Decree(
            new Approval("a", platform, incident, kind, "ada", "a look", "", now, null)));
  }

  private void allSay(String platform, HealthStatus status) {
    boolean up = status == HealthStatus.UP;
    Instant now = Times.now(time);
    for (String observer : List.of("observer-0", "observer-1", "observer-2")) {
      decide(
          platform,
          new Input.Health(
              HealthEvent.newBuilder()
                  .setId(observer + now)
                  .setPlatform(platform)
                  .setComponent("postgresql")
                  .setObserver(observer)
                  .setSource(HealthSource.PROBE)
                  .setStatus(status)
                  .setSymptom(up ? Symptom.NONE : Symptom.UNREACHABLE)
                  .setConsecutive(3)
                  .setResource("primary")
                  .setBindingEpoch(0)
                  .setObservedAt(now)
                  .setBadSince(up ? null : now)
                  .setDetail("")
                  .build()));
    }
  }

  // ---- one platform ---------------------------------------------------------------------------

  private void decide(String platform, Input input) {
    Instant now = Times.now(time);
    PlatformState before = states.getOrDefault(platform, Decider.initial(platform));
    Decided decided = decider.decide(before, input, now);
    decisions++;
    if (decided.rejected().isPresent()) {
      throw new IllegalStateException(decided.rejected().get());
    }
    states.put(platform, decided.state());
    decided.outputs().forEach(output -> deliver(platform, output));
    Optional.ofNullable(decided.state().getDueAt())
        .filter(due -> !due.equals(timers.put(platform, due)))
        .ifPresent(
            due ->
                time.at(
                    due,
                    () -> {
                      if (due.equals(timers.get(platform))) {
                        timers.remove(platform);
                        decide(platform, new Input.Timer());
                      }
                    }));
  }

  private void deliver(String platform, Output output) {
    if (output.value() instanceof FleetEvent event) {
      toFleet(event);
    } else if (output.value() instanceof IncidentEvent event) {
      hear(platform, event);
    } else if (output.value() instanceof StepCommand command
        && !command.getWorker().equals("notify")) {
      recovering.add(platform);
      most = Math.max(most, recovering.size());
      carryOut(platform, command);
    }
  }

  private void hear(String platform, IncidentEvent event) {
    switch (event.getKind()) {
      case RESOLVED -> recovered.add(platform);
      case SELF_HEALED -> healed.add(platform);
      case ESCALATED -> {
        escalated++;
        time.in(millis(Duration.ofHours(1)), () -> decree(platform, ApprovalKind.RETRY));
      }
      default -> {
        return;
      }
    }
    recovering.remove(platform);
  }

  private void carryOut(String platform, StepCommand command) {
    if (command.getWorker().equals("verifier")) {
      time.in(millis(Duration.ofSeconds(20)), () -> prove(platform, command));
      return;
    }
    boolean restore = command.getStepId().endsWith(".restore");
    boolean fails = restore && restores.merge(platform, 1, Integer::sum) == 1 && isUnlucky();
    time.in(
        millis(Duration.ofSeconds(restore ? 120 : 20)),
        () ->
            decide(
                platform,
                new Input.Progress(
                    StepEvent.newBuilder()
                        .setId("e")
                        .setCommandId(command.getCommandId())
                        .setIncidentId(command.getIncidentId())
                        .setPlatform(platform)
                        .setStepId(command.getStepId())
                        .setWorker(command.getWorker())
                        .setOwner("executor")
                        .setTransition(fails ? StepTransition.FAILED : StepTransition.DONE)
                        .setAction("")
                        .setStartedAt(Times.now(time))
                        .setAt(Times.now(time))
                        .setText("")
                        .setFacts(List.of())
                        .setError(
                            fails ? new StepError(FailureCode.UNKNOWN, "it broke", "", "") : null)
                        .build())));
  }

  private boolean isUnlucky() {
    return random.nextInt(30) == 0;
  }

  private void prove(String platform, StepCommand command) {
    Instant now = Times.now(time);
    decide(
        platform,
        new Input.Validation(
            ValidationOutcome.newBuilder()
                .setId("v")
                .setCommandId(command.getCommandId())
                .setIncidentId(command.getIncidentId())
                .setPlatform(platform)
                .setStepId(command.getStepId())
                .setKind(OutcomeKind.VERDICT)
                .setComponent("")
                .setCheck("verdict")
                .setStatus(CheckStatus.PASS)
                .setExpected("")
                .setMeasured("")
                .setStartedAt(now)
                .setAt(now)
                .build()));
    time.in(millis(Duration.ofSeconds(3)), () -> allSay(platform, HealthStatus.UP));
  }

  // ---- the fleet ------------------------------------------------------------------------------

  /** One partition keeps the order in which it was written; a copy may come at any time. */
  private void toFleet(FleetEvent event) {
    Instant at = time.instant().plus(millis(Duration.ofMillis(30)));
    lastSaidToFleet = at.isAfter(lastSaidToFleet) ? at : lastSaidToFleet;
    time.at(
        lastSaidToFleet,
        () -> {
          if (event.getKind() == FleetKind.REQUEST) {
            asked.add(name(event));
          } else {
            letInOrGone(event);
          }
          answer(admission.take(event, Times.now(time)));
        });
    if (random.nextInt(20) == 0) {
      time.in(
          Duration.ofSeconds(1).plus(millis(Duration.ofMinutes(20))),
          () -> answer(admission.take(event, Times.now(time))));
    }
  }

  private void letInOrGone(FleetEvent event) {
    if (!letIn.contains(name(event))) {
      asked.remove(name(event));
    }
  }

  private void answer(Admission.Change change) {
    change.changed().forEach(view -> kept.put(view.getPlatform(), view));
    for (FleetEvent grant : change.grants()) {
      letIn.add(name(grant));
      time.in(
          millis(Duration.ofMillis(30)),
          () -> decide(grant.getPlatform(), new Input.Admitted(grant)));
    }
  }

  private static String name(FleetEvent event) {
    return event.getPlatform() + "/" + event.getNumber();
  }

  /** What still has or wants a place. */
  List<String> open() {
    return kept.values().stream()
        .filter(view -> !view.getState().name().equals("RELEASED"))
        .map(AdmissionView::getPlatform)
        .toList();
  }
}
