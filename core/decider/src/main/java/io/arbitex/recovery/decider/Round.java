package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * The working set of one decision: a copy of the state that may be changed, the moment, and what is
 * to be published so far. Nothing outlives the decision but the copy and the outputs.
 */
final class Round {
  final PlatformState state;
  final Inventory.Platform platform;
  final Policy policy;
  final Instant now;
  final List<Output> outputs = new ArrayList<>();

  Round(PlatformState state, Inventory.Platform platform, Policy policy, Instant now) {
    this.state = state;
    this.platform = platform;
    this.policy = policy;
    this.now = now;
  }

  IncidentView incident() {
    return state.getIncident();
  }

  ComponentView component(String name) {
    return state.getComponents().stream()
        .filter(view -> view.getComponent().equals(name))
        .findFirst()
        .orElseGet(() -> addComponent(name));
  }

  private ComponentView addComponent(String name) {
    String resource = platform.component(name).map(Inventory.Component::resource).orElse(name);
    ComponentView view =
        ComponentView.newBuilder()
            .setComponent(name)
            .setConfirmed(HealthStatus.UNKNOWN)
            .setSymptom(Symptom.NONE)
            .setSince(now)
            .setResource(resource)
            .setBindingEpoch(0)
            .setFailedRecoveries(0)
            .setQuorumLost(false)
            .build();
    state.getComponents().add(view);
    return view;
  }

  Mode mode() {
    return Mode.valueOf(policy.mode().name());
  }

  Policy.Targets targets(Severity severity) {
    return policy.targets(severity.name());
  }

  /** Moves the incident on, by the table. */
  void move(IncidentTable.Trigger trigger) {
    IncidentView incident = incident();
    IncidentPhase next =
        IncidentTable.TABLE.next(incident.getPhase(), trigger, incident.getHistory());
    incident.setPhase(next);
    incident.setPhaseSince(now);
    incident.getHistory().add(next.name());
  }

  /** Moves a step on, by the table. */
  void move(StepView step, StepTable.Trigger trigger) {
    StepPhase next =
        StepTable.TABLE.next(step.getState(), trigger, List.of(step.getId(), step.getCommandId()));
    step.setState(next);
  }

  void publish(Topic topic, String key, String id, SpecificRecordBase value) {
    outputs.add(new Output(topic, key, id, value));
  }

  String nextId() {
    return state.getPlatform() + "-" + state.getSequence() + "-" + outputs.size();
  }

  /** Publishes what happened to the incident. */
  IncidentEvent event(IncidentKind kind, String component, String text, String next) {
    return event(kind, component, "", "", BlockedReason.NONE, text, next, List.of(), List.of());
  }

  IncidentEvent event(
      IncidentKind kind,
      String component,
      String stepId,
      String procedure,
      BlockedReason reason,
      String text,
      String next,
      List<Fact> facts,
      List<PhaseInterval> intervals) {
    IncidentView incident = incident();
    String id = nextId();
    IncidentEvent event =
        IncidentEvent.newBuilder()
            .setId(id)
            .setIncidentId(incident == null ? "" : incident.getId())
            .setPlatform(state.getPlatform())
            .setKind(kind)
            .setSeverity(incident == null ? Severity.UNRATED : incident.getSeverity())
            .setAt(now)
            .setComponent(component)
            .setStepId(stepId)
            .setProcedure(procedure)
            .setBlockedReason(reason)
            .setText(text)
            .setNext(next)
            .setBadSince(incident == null ? now : incident.getBadSince())
            .setPlanHash(incident == null ? "" : incident.getPlanHash())
            .setFacts(facts)
            .setIntervals(intervals)
            .build();
    publish(Topic.INCIDENTS, state.getPlatform(), id, event);
    return event;
  }

  /**
   * Tells people about the incident.
   *
   * @param person what is asked of a person; empty when nothing
   */
  void tell(Severity severity, Escalation.Action action, String title, String text, String person) {
    tell(
        new Escalation.Message(
            incident().getId(), action, severity, title, text, Situation.of(this, person)));
  }

  /** Tells people. */
  void tell(Escalation.Message message) {
    boolean ofIncident = incident() != null && message.about().equals(incident().getId());
    Escalation.commands(
            state.getPlatform(),
            policy,
            message,
            channel -> ofIncident ? nextNotification() : notification(channel),
            now)
        .forEach(
            command ->
                publish(
                    Topic.COMMANDS_NOTIFY, state.getPlatform(), command.getCommandId(), command));
  }

  /** A key that outlives incidents must not meet an id that an earlier incident has used. */
  private String notification(Channel channel) {
    return "notify-" + channel.name() + "-" + state.getSequence() + "-" + outputs.size();
  }

  private String nextNotification() {
    IncidentView incident = incident();
    int number = incident.getNotifications();
    incident.setNotifications(number + 1);
    return "notify-" + number;
  }

  Optional<StepView> stepOf(String commandId) {
    if (incident() == null) {
      return Optional.empty();
    }
    return incident().getSteps().stream()
        .filter(step -> step.getCommandId().equals(commandId))
        .findFirst();
  }
}
