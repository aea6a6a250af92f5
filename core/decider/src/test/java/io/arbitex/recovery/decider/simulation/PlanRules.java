package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.record.AdmissionState;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What no decision may ever lead to, whatever was told in whatever order. */
final class PlanRules {
  private static final Set<String> IN_CLUSTER = Set.of("redis", "buffer");

  private final boolean parallel;
  final List<String> broken = new ArrayList<>();

  /** Commands that were held against the rule of a cluster's successor. */
  int intoTheNew;

  PlanRules(boolean parallel) {
    this.parallel = parallel;
  }

  /** After each decision. */
  void hold(PlatformState before, PlatformState after) {
    IncidentView incident = after.getIncident();
    if (incident == null) {
      return;
    }
    List<StepView> running = incident.getSteps().stream().filter(PlanRules::isUnderWay).toList();
    demand(parallel || running.size() <= 1, "several steps run", running);
    demand(
        running.stream().filter(step -> step.getPhase() == Phase.CUTOVER).count() <= 1,
        "several cutovers run",
        running);
    demand(
        running.stream().map(StepView::getComponent).distinct().count() == running.size(),
        "a component is recovered twice at once",
        running);
    demand(
        incident.getSteps().stream().filter(step -> step.getPhase() == Phase.VERIFY).count() <= 1,
        "several suites",
        incident.getSteps());
    for (StepView step : running) {
      if (!wasUnderWay(before, step)) {
        dispatched(after, step);
      }
    }
    if (incident.getPhase() == IncidentPhase.RECOVERING) {
      demand(
          !running.isEmpty() || isJoining(after),
          "it recovers and nothing runs",
          incident.getSteps());
    }
  }

  /**
   * Once a cluster has a successor nothing is put into the old one, though the new one's binding
   * may be read seconds later.
   *
   * @param newest epoch of the cluster's binding, read or not
   */
  void dispatched(StepCommand command, PlatformState after, long newest) {
    boolean replaced =
        after.getIncident().getSteps().stream()
            .filter(step -> step.getComponent().equals("cluster"))
            .anyMatch(
                step -> step.getPhase() == Phase.CUTOVER && step.getState() == StepPhase.DONE);
    String named = Facts.find(command.getParameters(), "cluster-resource").orElse("none");
    demand(
        !replaced || named.equals("cluster-" + newest),
        command.getCommandId() + " goes to the cluster " + named + ", not to number " + newest,
        after.getIncident().getSteps());
    if (replaced) {
      intoTheNew++;
    }
  }

  private void dispatched(PlatformState after, StepView step) {
    IncidentView incident = after.getIncident();
    demand(incident.getAdmission() == AdmissionState.GRANTED, "it was not let in", step);
    if (step.getComponent().equals("cluster")) {
      demand(
          is(after, "cluster", HealthStatus.DOWN) && is(after, "public-health", HealthStatus.DOWN),
          "a cluster is recovered that is not lost",
          step);
      demand(incident.getSeverity() == Severity.P0, "a lost cluster is no P0", step);
      demand(
          incident.getComponents().containsAll(IN_CLUSTER), "left out what goes with it", incident);
    }
    boolean awaited =
        incident.getSteps().stream()
            .filter(each -> each.getId().equals("cluster.cutover"))
            .anyMatch(
                each ->
                    each.getState() != StepPhase.DONE && each.getState() != StepPhase.ABANDONED);
    boolean touchesCluster =
        IN_CLUSTER.contains(step.getComponent())
            || step.getId().equals("postgresql.cutover")
            || step.getPhase() == Phase.VERIFY;
    demand(!(awaited && touchesCluster), "it went before its cluster", step);
  }

  /** A store that may be up again by itself before it joins the plan. */
  private static boolean isJoining(PlatformState state) {
    IncidentView incident = state.getIncident();
    return incident.getComponents().stream()
        .filter(name -> !name.equals("cluster") && !name.equals("public-health"))
        .filter(
            name ->
                incident.getSteps().stream().noneMatch(step -> step.getComponent().equals(name)))
        .anyMatch(name -> is(state, name, HealthStatus.DOWN));
  }

  private static boolean is(PlatformState state, String component, HealthStatus status) {
    return state.getComponents().stream()
        .filter(view -> view.getComponent().equals(component))
        .map(ComponentView::getConfirmed)
        .anyMatch(status::equals);
  }

  private static boolean wasUnderWay(PlatformState before, StepView step) {
    return before.getIncident() != null
        && before.getIncident().getSteps().stream()
            .anyMatch(each -> each.getCommandId().equals(step.getCommandId()) && isUnderWay(each));
  }

  private static boolean isUnderWay(StepView step) {
    return step.getState() == StepPhase.DISPATCHED || step.getState() == StepPhase.RUNNING;
  }

  private void demand(boolean held, String otherwise, Object what) {
    if (!held) {
      broken.add(otherwise + ": " + what);
    }
  }
}
