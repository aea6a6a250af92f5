package io.arbitex.recovery.console.report;

import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.PlannedStep;
import io.arbitex.recovery.record.RecoveryPlan;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The figures of one incident, in the shape of the JSON of design section 9. */
public record Summary(
    String scenario,
    String incidentId,
    String severity,
    String outcome,
    List<PhaseRow> phases,
    Target rto,
    Loss rpo,
    List<StepRow> steps,
    List<Validation> validations,
    List<Notification> notifications,
    TimeRow time) {

  public record PhaseRow(String phase, double seconds, double targetSeconds, boolean met) {}

  public record Target(double seconds, double targetSeconds, boolean met) {}

  /**
   * @param lostEvents the upper end of the measured interval; the truth is not above it
   */
  public record Loss(
      double seconds,
      double targetSeconds,
      boolean met,
      long lostEvents,
      long lostEventsMin,
      double secondsMin) {}

  public record StepRow(
      String id, String procedure, String state, double seconds, int attempts, String text) {}

  public record Validation(
      String check, String status, String expected, String measured, double seconds) {}

  public record Notification(String step, String state, String text) {}

  public record TimeRow(double policyWaitSeconds, double idleSeconds, List<String> idle) {}

  /** The figures of what has been recorded so far. */
  public static Summary of(String scenario, IncidentRecords records) {
    List<PhaseRow> phases = new ArrayList<>();
    Target rto = new Target(0, 0, false);
    for (PhaseMetric metric : records.phases()) {
      if (metric.getPhase() == Phase.TOTAL) {
        rto = new Target(metric.getSeconds(), metric.getTargetSeconds(), metric.getMet());
      } else {
        phases.add(
            new PhaseRow(
                metric.getPhase().name(),
                metric.getSeconds(),
                metric.getTargetSeconds(),
                metric.getMet()));
      }
    }
    return new Summary(
        scenario,
        records.incidentId(),
        records.events().stream()
            .reduce((a, b) -> b)
            .map(event -> event.getSeverity().name())
            .orElse(""),
        records.outcome(),
        phases,
        rto,
        loss(records),
        steps(records),
        records.outcomes().stream()
            .filter(outcome -> outcome.getKind() == OutcomeKind.CHECK)
            .map(Summary::validation)
            .toList(),
        records.notifications().stream()
            .filter(Summary::isEnd)
            .map(
                event ->
                    new Notification(
                        event.getStepId(), event.getTransition().name(), event.getText()))
            .toList(),
        time(records));
  }

  private static Validation validation(ValidationOutcome outcome) {
    return new Validation(
        outcome.getCheck(),
        outcome.getStatus().name(),
        outcome.getExpected(),
        outcome.getMeasured(),
        seconds(Duration.between(outcome.getStartedAt(), outcome.getAt())));
  }

  private static Loss loss(IncidentRecords records) {
    return records.losses().stream()
        .reduce((a, b) -> a.getLostSecondsMax() >= b.getLostSecondsMax() ? a : b)
        .map(
            (LossMetric metric) ->
                new Loss(
                    metric.getLostSecondsMax(),
                    metric.getTargetSeconds(),
                    metric.getMet(),
                    metric.getLostEventsMax(),
                    metric.getLostEventsMin(),
                    metric.getLostSecondsMin()))
        .orElse(new Loss(0, 0, false, 0, 0, 0));
  }

  private static List<StepRow> steps(IncidentRecords records) {
    List<StepRow> rows = new ArrayList<>();
    Optional<RecoveryPlan> plan = records.plans().stream().reduce((a, b) -> b);
    for (PlannedStep step : plan.map(RecoveryPlan::getSteps).orElse(List.of())) {
      List<IncidentEvent> events =
          records.events().stream()
              .filter(event -> event.getStepId().equals(step.getId()))
              .toList();
      List<IncidentEvent> dispatched = of(events, IncidentKind.STEP_DISPATCHED);
      List<IncidentEvent> done = of(events, IncidentKind.STEP_DONE);
      List<IncidentEvent> failed = of(events, IncidentKind.STEP_FAILED);
      List<IncidentEvent> ends = done.isEmpty() ? failed : done;
      String state =
          !done.isEmpty()
              ? "DONE"
              : !failed.isEmpty() ? "FAILED" : dispatched.isEmpty() ? "WAITING" : "RUNNING";
      double seconds =
          dispatched.isEmpty() || ends.isEmpty()
              ? 0
              : seconds(
                  Duration.between(dispatched.get(0).getAt(), ends.get(ends.size() - 1).getAt()));
      String procedure =
          dispatched.isEmpty()
              ? step.getProcedure()
              : dispatched.get(dispatched.size() - 1).getProcedure();
      rows.add(
          new StepRow(
              step.getId(),
              procedure,
              state,
              seconds,
              dispatched.size(),
              ends.isEmpty() ? "" : note(ends.get(ends.size() - 1))));
    }
    return rows;
  }

  /** What a person wants to know of a step's end: the rejected restore points, else the text. */
  private static String note(IncidentEvent end) {
    return Facts.find(end.getFacts(), "rejected")
        .filter(rejected -> !rejected.isEmpty())
        .map(rejected -> end.getText() + " Passed over: " + rejected)
        .orElse(end.getText());
  }

  private static List<IncidentEvent> of(List<IncidentEvent> events, IncidentKind kind) {
    return events.stream().filter(event -> event.getKind() == kind).toList();
  }

  private static boolean isEnd(StepEvent event) {
    return event.getTransition() == StepTransition.DONE
        || event.getTransition() == StepTransition.FAILED
        || event.getTransition() == StepTransition.REFUSED;
  }

  private static TimeRow time(IncidentRecords records) {
    List<TimeUse.Stretch> stretches = TimeUse.of(records);
    double wait =
        stretches.stream()
            .filter(stretch -> stretch.use() == TimeUse.Use.POLICY_WAIT)
            .mapToDouble(stretch -> seconds(stretch.time()))
            .sum();
    List<String> idle =
        stretches.stream()
            .filter(stretch -> stretch.use() == TimeUse.Use.IDLE)
            .map(stretch -> "%.3f s %s".formatted(seconds(stretch.time()), stretch.what()))
            .toList();
    return new TimeRow(wait, seconds(TimeUse.idle(stretches)), idle);
  }

  static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
