package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** After the proof: observed, bound and with a restore point of its own, or a person's. */
final class Settling {
  /** How long the new resource may take to be probed good before a person looks. */
  static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(10);

  private Settling() {}

  static boolean settling(Round round) {
    IncidentView incident = round.incident();
    Optional<ComponentView> badAgain =
        Incidents.components(round)
            .filter(view -> !isOnlyTold(round, view.getComponent()))
            .filter(Opening::isBad)
            .findFirst();
    if (badAgain.isPresent() && badAgain.get().getSince().isAfter(incident.getPhaseSince())) {
      return Endings.giveUp(
          round,
          badAgain.get().getComponent(),
          badAgain.get().getComponent() + " failed again right after its recovery.",
          "Look at " + badAgain.get().getResource() + ".");
    }
    if (!round.now.isBefore(incident.getPhaseSince().plus(SETTLE_TIMEOUT))) {
      List<String> unseen =
          recovered(round).stream()
              .filter(name -> round.component(name).getConfirmed() != HealthStatus.UP)
              .toList();
      return Endings.giveUpOn(
          round,
          unseen,
          "Proven, but not seen up"
              + (round.policy.resolution().requireRestorePoint() ? " with a restore point" : "")
              + " within "
              + Wording.span(SETTLE_TIMEOUT)
              + ".",
          "Look at the detectors and the backups of the new resource.");
    }
    if (!isSeenUp(round) || !boundToTheNew(round) || !hasNewRestorePoints(round)) {
      return false;
    }
    for (String name : recovered(round)) {
      ComponentView component = round.component(name);
      component.setRecoveredAt(round.now);
      component.setFailedRecoveries(0);
    }
    round.move(IncidentTable.Trigger.SETTLE);
    return true;
  }

  /** A public health that is not up again yet would be taken for the next outage. */
  private static boolean isSeenUp(Round round) {
    return Incidents.components(round)
            .filter(view -> !isOnlyTold(round, view.getComponent()))
            .allMatch(view -> view.getConfirmed() == HealthStatus.UP)
        && Landscape.publicHealth(round).filter(Opening::isBad).isEmpty();
  }

  /**
   * A cluster that is away or degraded while customers are served has nothing to do with what was
   * recovered beside it; it is told of again by an incident of its own.
   */
  private static boolean isOnlyTold(Round round, String component) {
    return Landscape.isCluster(round, component)
        && !Planner.hasSteps(round, component)
        && !ClusterLoss.isLost(round);
  }

  /**
   * The binding may be read after the proof: until then, what observers say is about the old
   * resource, and a lost server that comes back must not end the incident.
   */
  private static boolean boundToTheNew(Round round) {
    return round.incident().getSteps().stream()
        .filter(step -> step.getPhase() == Phase.CUTOVER)
        .allMatch(
            step ->
                Facts.find(step.getFacts(), "resource")
                    .map(round.component(step.getComponent()).getResource()::equals)
                    .orElse(true));
  }

  private static List<String> recovered(Round round) {
    return Planner.targets(round).stream().filter(name -> Steps.isRecovered(round, name)).toList();
  }

  private static boolean hasNewRestorePoints(Round round) {
    if (!round.policy.resolution().requireRestorePoint()) {
      return true;
    }
    return recovered(round).stream()
        .filter(component -> !Landscape.isCluster(round, component))
        .allMatch(
            component ->
                round.state.getRestorePoints().stream()
                    .filter(point -> point.getComponent().equals(component))
                    .filter(point -> point.getState() == RestorePointState.AVAILABLE)
                    .anyMatch(point -> point.getTakenAt().isAfter(round.incident().getOpenedAt())));
  }
}
