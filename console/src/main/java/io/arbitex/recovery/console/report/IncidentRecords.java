package io.arbitex.recovery.console.report;

import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.RecoveryPlan;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.ValidationOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;

/** All records of one incident, as they were read from the topics. */
public final class IncidentRecords {
  private final String incidentId;
  private final List<IncidentEvent> events = new ArrayList<>();
  private final List<RecoveryPlan> plans = new ArrayList<>();
  private final List<StepEvent> progress = new ArrayList<>();
  private final List<ValidationOutcome> outcomes = new ArrayList<>();
  private final List<PhaseMetric> phases = new ArrayList<>();
  private final List<LossMetric> losses = new ArrayList<>();

  public IncidentRecords(String incidentId) {
    this.incidentId = incidentId;
  }

  /** Takes a record in if it belongs to the incident. */
  public void add(SpecificRecordBase value) {
    if (value instanceof IncidentEvent event && event.getIncidentId().equals(incidentId)) {
      events.add(event);
    } else if (value instanceof RecoveryPlan plan && plan.getIncidentId().equals(incidentId)) {
      plans.add(plan);
    } else if (value instanceof StepEvent event && event.getIncidentId().equals(incidentId)) {
      progress.add(event);
    } else if (value instanceof ValidationOutcome outcome
        && outcome.getIncidentId().equals(incidentId)) {
      outcomes.add(outcome);
    } else if (value instanceof PhaseMetric metric && metric.getIncidentId().equals(incidentId)) {
      phases.add(metric);
    } else if (value instanceof LossMetric metric && metric.getIncidentId().equals(incidentId)) {
      losses.add(metric);
    }
  }

  public String incidentId() {
    return incidentId;
  }

  public List<IncidentEvent> events() {
    return events.stream().sorted(Comparator.comparing(IncidentEvent::getAt)).toList();
  }

  public List<RecoveryPlan> plans() {
    return List.copyOf(plans);
  }

  /** Progress of the plan's steps; messages to people are {@link #notifications()}. */
  public List<StepEvent> progress() {
    return progress.stream()
        .filter(event -> !event.getWorker().equals("notify"))
        .sorted(Comparator.comparing(StepEvent::getAt))
        .toList();
  }

  public List<StepEvent> notifications() {
    return progress.stream()
        .filter(event -> event.getWorker().equals("notify"))
        .sorted(Comparator.comparing(StepEvent::getAt))
        .toList();
  }

  public List<ValidationOutcome> outcomes() {
    return List.copyOf(outcomes);
  }

  public List<PhaseMetric> phases() {
    return phases.stream().sorted(Comparator.comparing(PhaseMetric::getPhase)).toList();
  }

  public List<LossMetric> losses() {
    return List.copyOf(losses);
  }

  public Optional<IncidentEvent> first(IncidentKind kind) {
    return events().stream().filter(event -> event.getKind() == kind).findFirst();
  }

  public Optional<IncidentEvent> last(IncidentKind kind) {
    return events().stream().filter(event -> event.getKind() == kind).reduce((a, b) -> b);
  }

  public Optional<ValidationOutcome> verdict() {
    return outcomes.stream()
        .filter(outcome -> outcome.getKind() == OutcomeKind.VERDICT)
        .max(Comparator.comparing(ValidationOutcome::getAt));
  }

  /** RECOVERED, SELF_HEALED, ESCALATED, BLOCKED or OPEN. */
  public String outcome() {
    if (last(IncidentKind.RESOLVED).isPresent()) {
      return "RECOVERED";
    }
    if (last(IncidentKind.SELF_HEALED).isPresent()) {
      return "SELF_HEALED";
    }
    return events().stream()
        .filter(
            event ->
                event.getKind() == IncidentKind.ESCALATED
                    || event.getKind() == IncidentKind.BLOCKED
                    || event.getKind() == IncidentKind.UNBLOCKED)
        .reduce((a, b) -> b)
        .map(event -> event.getKind() == IncidentKind.UNBLOCKED ? "OPEN" : event.getKind().name())
        .orElse("OPEN");
  }
}
