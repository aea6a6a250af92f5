package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.StepPhase;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The public health beside what else has failed. A failed store or cluster explains that it is
 * down; then it says nothing new. With nothing that explains it, it is a total outage that no
 * procedure can help.
 */
final class PublicHealth {
  /** What a person looks at when customers are not served and every store is up. */
  static final String ADVICE =
      "Look at what stands between customers and the platform: DNS, the front door or ingress, its"
          + " certificate, the rollouts and pods of the platform. Nothing is restored.";

  private PublicHealth() {}

  /** Whether a store or cluster that has failed, or whose recovery runs, is the reason. */
  static boolean isExplained(Round round) {
    return round.state.getComponents().stream().anyMatch(view -> explains(round, view));
  }

  private static boolean explains(Round round, ComponentView view) {
    String name = view.getComponent();
    if (Landscape.isCluster(round, name)) {
      return ClusterLoss.isDown(round) || isRecovered(round, name);
    }
    return Severities.isBadStore(round, view)
        || (Severities.isDataStore(round, name) && isRecovered(round, name));
  }

  private static boolean isRecovered(Round round, String name) {
    IncidentView incident = round.incident();
    return incident != null
        && incident.getSteps().stream()
            .anyMatch(
                step -> step.getComponent().equals(name) && step.getState() != StepPhase.ABANDONED);
  }

  /** Whether it is bad, and nothing explains it for a correlation window. */
  static boolean isUnexplained(Round round) {
    return due(round).filter(due -> !round.now.isBefore(due)).isPresent();
  }

  /**
   * When it will be unexplained if nothing else fails until then. The store behind it may be
   * confirmed a moment later, or be up again a moment earlier; a P0 must not be a matter of which
   * probe is quicker.
   */
  static Optional<Instant> due(Round round) {
    Optional<ComponentView> health = Landscape.publicHealth(round).filter(Opening::isBad);
    if (health.isEmpty() || isExplained(round)) {
      return Optional.empty();
    }
    return Stream.concat(
            health.stream(),
            round.state.getComponents().stream()
                .filter(
                    view ->
                        Severities.isDataStore(round, view.getComponent())
                            || Landscape.isCluster(round, view.getComponent())))
        .map(ComponentView::getSince)
        .max(Comparator.naturalOrder())
        .map(since -> since.plus(round.policy.detection().correlationWindow()));
  }
}
