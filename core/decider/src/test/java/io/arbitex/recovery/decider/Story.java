package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
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
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the decider a story, input after input, and keeps what it said. */
final class Story {
  /** Another one is another configuration. */
  Decider decider;

  PlatformState state = Decider.initial("lab");
  Instant now = Instant.parse("2026-11-22T03:00:00Z");
  final List<IncidentEvent> events = new ArrayList<>();
  final List<StepCommand> commands = new ArrayList<>();
  final List<StepCommand> messages = new ArrayList<>();
  Decided last;

  /** Whether as many platforms as may recover at once do so already. */
  boolean fleetIsFull;

  /** What the platform said to the fleet. */
  final List<FleetEvent> toFleet = new ArrayList<>();

  private final Map<String, Integer> streaks = new HashMap<>();
  private final Map<String, Long> epochs = new HashMap<>();

  Story(Decider decider) {
    this.decider = decider;
  }

  static Story calm() {
    return calm(Examples.decider());
  }

  /** Everything is up, and there is a restore point of five minutes ago. */
  static Story calm(Decider decider) {
    Story story = new Story(decider);
    story.restorePoint("rp-1", Duration.ofMinutes(5));
    story.allSay(HealthStatus.UP, Symptom.NONE, 3);
    return story;
  }

  Story tell(Input input) {
    last = decider.decide(state, input, now);
    state = last.state();
    for (Output output : last.outputs()) {
      if (output.value() instanceof IncidentEvent event) {
        events.add(event);
      } else if (output.value() instanceof StepCommand command) {
        (command.getWorker().equals("notify") ? messages : commands).add(command);
      } else if (output.value() instanceof FleetEvent event) {
        toFleet.add(event);
      }
    }
    boolean asks =
        last.outputs().stream()
            .anyMatch(
                output ->
                    output.value() instanceof FleetEvent event
                        && event.getKind() == FleetKind.REQUEST);
    return asks && !fleetIsFull ? letIn() : this;
  }

  /** The fleet answers the newest request. */
  Story letIn() {
    FleetEvent request =
        toFleet.stream()
            .filter(event -> event.getKind() == FleetKind.REQUEST)
            .reduce((a, b) -> b)
            .orElseThrow();
    return tell(
        new Input.Admitted(
            FleetEvent.newBuilder(request).setKind(FleetKind.GRANT).setAt(now).build()));
  }

  Story later(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** Time passes, and the timer that is due goes off. */
  Story timer(Duration time) {
    return later(time).tell(new Input.Timer());
  }

  /** Heartbeats of all observers, so that they are not taken for silent. */
  Story allSay(HealthStatus status, Symptom symptom, int times) {
    return allSay("postgresql", status, symptom, times);
  }

  Story allSay(String component, HealthStatus status, Symptom symptom, int times) {
    for (int i = 0; i < times; i++) {
      later(Duration.ofSeconds(1));
      for (int observer = 0; observer < 3; observer++) {
        says("observer-" + observer, component, status, symptom);
      }
    }
    return this;
  }

  Story down() {
    return allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
  }

  Story up() {
    return allSay(HealthStatus.UP, Symptom.NONE, 3);
  }

  Story says(String observer, String component, HealthStatus status, Symptom symptom) {
    String key = observer + component;
    String kind = key + status;
    int streak = streaks.getOrDefault(kind, 0) + 1;
    streaks.keySet().removeIf(each -> each.startsWith(key));
    streaks.put(kind, streak);
    return tell(new Input.Health(health(observer, component, status, symptom, streak)));
  }

  HealthEvent health(
      String observer, String component, HealthStatus status, Symptom symptom, int streak) {
    return HealthEvent.newBuilder()
        .setId(observer + "/" + now)
        .setPlatform("lab")
        .setComponent(component)
        .setObserver(observer)
        .setSource(HealthSource.PROBE)
        .setStatus(status)
        .setSymptom(symptom)
        .setConsecutive(streak)
        .setResource("primary")
        .setBindingEpoch(epochs.getOrDefault(component, 0L))
        .setObservedAt(now)
        .setBadSince(status == HealthStatus.UP ? null : now.minusSeconds(streak - 1L))
        .setDetail(symptom == Symptom.NONE ? "" : "connection refused")
        .build();
  }

  /** The symptom that the platform's state has of a component. */
  Symptom lastSymptom(String component) {
    return view(component).getSymptom();
  }

  ComponentView view(String component) {
    return state.getComponents().stream()
        .filter(view -> view.getComponent().equals(component))
        .findFirst()
        .orElseThrow();
  }

  /** An alert fires. */
  Story fires(String receiver, String alertId, Instant firedAt) {
    return tell(new Input.Health(alert(receiver, alertId, firedAt, HealthStatus.DOWN)));
  }

  Story resolves(String receiver, String alertId, Instant firedAt) {
    return tell(new Input.Health(alert(receiver, alertId, firedAt, HealthStatus.UP)));
  }

  private HealthEvent alert(String receiver, String alertId, Instant at, HealthStatus status) {
    boolean up = status == HealthStatus.UP;
    HealthEvent event =
        health(receiver, "postgresql", status, up ? Symptom.NONE : Symptom.UNREACHABLE, 1);
    event.setSource(HealthSource.ALERT);
    event.setAlertId(alertId);
    event.setAlertRule("PostgresqlDown");
    event.setObservedAt(at);
    return event;
  }

  Story restorePoint(String id, Duration age) {
    return restorePoint(id, age, RestorePointState.AVAILABLE);
  }

  Story restorePoint(String id, Duration age, RestorePointState state) {
    return restorePoint("postgresql", id, age, state);
  }

  Story restorePoint(String component, String id, Duration age, RestorePointState state) {
    return tell(
        new Input.Backup(
            RestorePoint.newBuilder()
                .setId(id)
                .setPlatform("lab")
                .setComponent(component)
                .setKind(RestorePointKind.DUMP)
                .setState(state)
                .setTakenAt(now.minus(age))
                .setFinishedAt(now.minus(age))
                .setLocation(id)
                .setFormat("custom")
                .setSizeBytes(1)
                .setSha256("")
                .setToolVersion("")
                .setServerVersion("")
                .build()));
  }

  Story step(StepTransition transition, String action, StepError error, Fact... facts) {
    return step(command(), transition, action, error, facts);
  }

  private Story step(
      StepCommand command,
      StepTransition transition,
      String action,
      StepError error,
      Fact... facts) {
    return tell(
        new Input.Progress(
            StepEvent.newBuilder()
                .setId("e")
                .setCommandId(command.getCommandId())
                .setIncidentId(command.getIncidentId())
                .setPlatform("lab")
                .setStepId(command.getStepId())
                .setWorker(command.getWorker())
                .setOwner("executor-1")
                .setTransition(transition)
                .setAction(action)
                .setStartedAt(now)
                .setAt(now)
                .setText("")
                .setFacts(List.of(facts))
                .setError(error)
                .build()));
  }

  Story accepted() {
    return later(Duration.ofMillis(20)).step(StepTransition.ACCEPTED, "", null);
  }

  Story done(Fact... facts) {
    return later(Duration.ofSeconds(2)).step(StepTransition.DONE, "", null, facts);
  }

  /** A step that runs beside others, by its id. */
  Story ends(String stepId, Fact... facts) {
    return later(Duration.ofSeconds(2)).step(command(stepId), StepTransition.DONE, "", null, facts);
  }

  Story fails(String stepId, FailureCode code) {
    StepError error = new StepError(code, "it broke", "mend it", "");
    return later(Duration.ofSeconds(1)).step(command(stepId), StepTransition.FAILED, "", error);
  }

  Story failed(FailureCode code, Fact... facts) {
    return later(Duration.ofSeconds(1))
        .step(StepTransition.FAILED, "", new StepError(code, "it broke", "mend it", ""), facts);
  }

  /** The step failed, and could not put everything back. */
  Story failedLeaving(FailureCode code, String leftBehind) {
    return later(Duration.ofSeconds(1))
        .step(StepTransition.FAILED, "", new StepError(code, "it broke", "mend it", leftBehind));
  }

  Story verdict(CheckStatus status) {
    return verdict(status, List.of());
  }

  /** A verdict that charges some components. */
  Story verdict(CheckStatus status, List<String> failed) {
    StepCommand command = command();
    return later(Duration.ofSeconds(2))
        .tell(
            new Input.Validation(
                ValidationOutcome.newBuilder()
                    .setId("v")
                    .setCommandId(command.getCommandId())
                    .setIncidentId(command.getIncidentId())
                    .setPlatform("lab")
                    .setStepId(command.getStepId())
                    .setKind(OutcomeKind.VERDICT)
                    .setComponent("")
                    .setCheck("verdict")
                    .setStatus(status)
                    .setExpected("")
                    .setMeasured("9 of 9")
                    .setFailedComponents(failed)
                    .setStartedAt(now)
                    .setAt(now)
                    .build()));
  }

  Story bound(String resource) {
    return bound("postgresql", resource);
  }

  Story bound(String component, String resource) {
    long epoch = epochs.merge(component, 1L, Long::sum);
    streaks.keySet().removeIf(each -> each.contains(component));
    return tell(
        new Input.Bound(
            Binding.newBuilder()
                .setPlatform("lab")
                .setComponent(component)
                .setResource(resource)
                .setEpoch(epoch)
                .setFacts(List.of())
                .setIncidentId("")
                .setCommandId("")
                .setAt(now)
                .build()));
  }

  Story decree(ApprovalKind kind, String planHash) {
    later(Duration.ofSeconds(1));
    return decreeSaidAt(now, kind, planHash);
  }

  /** What a person said may come later than what happened meanwhile. */
  Story decreeSaidAt(Instant at, ApprovalKind kind, String planHash) {
    return tell(
        new Input.Decree(
            Approval.newBuilder()
                .setId("a")
                .setPlatform("lab")
                .setIncidentId(state.getIncident() == null ? "" : state.getIncident().getId())
                .setKind(kind)
                .setPerson("ada")
                .setReason("I have looked")
                .setPlanHash(planHash)
                .setAt(at)
                .build()));
  }

  /** From calm to a dispatched restore. */
  Story restoring() {
    return down().timer(Duration.ofSeconds(6)).accepted();
  }

  /** From calm to a dispatched cutover. */
  Story cuttingOver() {
    return restoring()
        .done(
            new Fact("server", "spare"),
            new Fact("database", "db"),
            new Fact("restore-point", "rp-1"));
  }

  /** From calm to a running suite behind the point of no return. */
  Story verifying() {
    return cuttingOver()
        .accepted()
        .step(
            StepTransition.ACTION_DONE,
            "switch-secret",
            null,
            new Fact("point-of-no-return", "the secret is switched"))
        .done(new Fact("resource", "spare/db"))
        .bound("spare/db");
  }

  StepCommand command() {
    return commands.stream()
        .filter(command -> command.getKind() == CommandKind.EXECUTE)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private StepCommand command(String stepId) {
    return commands.stream()
        .filter(command -> command.getKind() == CommandKind.EXECUTE)
        .filter(command -> command.getStepId().equals(stepId))
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  /** What was dispatched, in its order. */
  List<String> dispatched() {
    return commands.stream()
        .filter(command -> command.getKind() == CommandKind.EXECUTE)
        .map(StepCommand::getStepId)
        .toList();
  }

  /** Channels that were told something, each as often as it was told. */
  List<String> channels() {
    return messages.stream()
        .map(message -> Facts.find(message.getParameters(), "channel").orElseThrow())
        .toList();
  }

  List<String> titles() {
    return messages.stream()
        .map(message -> Facts.find(message.getParameters(), "title").orElseThrow())
        .toList();
  }

  List<IncidentKind> kinds() {
    return events.stream().map(IncidentEvent::getKind).toList();
  }

  IncidentEvent event(IncidentKind kind) {
    return events.stream()
        .filter(event -> event.getKind() == kind)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  Optional<IncidentPhase> phase() {
    return Optional.ofNullable(state.getIncident()).map(incident -> incident.getPhase());
  }
}
