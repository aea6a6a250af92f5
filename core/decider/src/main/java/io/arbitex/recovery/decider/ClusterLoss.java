package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * When a cluster counts as lost: its API does not answer <em>and</em> the public health is down,
 * both by quorum, both for as long as a restart may take. An API that is away while customers are
 * served is no reason to make another cluster: the workloads live on, and two would serve.
 */
final class ClusterLoss {
  private ClusterLoss() {}

  /** Whether the cluster's API is confirmed not to answer. */
  static boolean isDown(Round round) {
    return Landscape.cluster(round)
        .filter(view -> view.getConfirmed() == HealthStatus.DOWN)
        .isPresent();
  }

  /**
   * What a quorum says of the public health. An alert alone is not enough to give a cluster up, and
   * neither is what was confirmed before nobody could be heard any more.
   */
  static HealthStatus publicHealth(Round round) {
    return Landscape.publicHealth(round)
        .filter(view -> !view.getQuorumLost() && !view.getByAlert())
        .map(ComponentView::getConfirmed)
        .orElse(HealthStatus.UNKNOWN);
  }

  /** Whether nobody can say how customers are served, and that not only for a moment. */
  static boolean publicHealthUnheard(Round round) {
    return Landscape.publicHealth(round).map(ComponentView::getQuorumLost).orElse(true);
  }

  static boolean isLost(Round round) {
    return isDown(round) && !isUnheard(round) && publicHealth(round) == HealthStatus.DOWN;
  }

  private static boolean isUnheard(Round round) {
    return Landscape.cluster(round)
        .filter(view -> view.getQuorumLost() && !view.getByAlert())
        .isPresent();
  }

  /** When it may be restored at the earliest, if nothing changes until then. */
  static Optional<Instant> due(Round round) {
    return isLost(round)
        ? latest(round, ComponentView::getSince)
            .map(since -> since.plus(round.policy.detection().restoreAfter()))
        : Optional.empty();
  }

  /** Whether it is lost for long enough, and a quorum says so of both just now. */
  static boolean isRipe(Round round) {
    return due(round).filter(due -> !round.now.isBefore(due)).isPresent()
        && witnesses(round).allMatch(view -> Observations.isSaidNow(round, view));
  }

  /** Since when customers are not served because of it; an API may be away for days before. */
  static Optional<Instant> badSince(Round round) {
    return latest(round, view -> view.getBadSince() == null ? view.getSince() : view.getBadSince());
  }

  private static Optional<Instant> latest(Round round, Function<ComponentView, Instant> moment) {
    return witnesses(round).map(moment).max(Instant::compareTo);
  }

  private static Stream<ComponentView> witnesses(Round round) {
    return Stream.of(Landscape.cluster(round), Landscape.publicHealth(round))
        .flatMap(Optional::stream);
  }

  /**
   * Whether what observers say of a component may come from the cluster being away: of what lives
   * in it nothing is known then.
   */
  static boolean hides(Round round, String component) {
    return isDown(round) && Landscape.isInCluster(round, component);
  }

  /** Why a cluster that does not answer is not restored. */
  static Optional<Guards.Block> notLost(Round round) {
    if (isLost(round)) {
      return Optional.empty();
    }
    String name = Landscape.clusterName(round).orElseThrow();
    if (!isDown(round)) {
      return Guards.block(
          BlockedReason.NOT_A_DISASTER,
          "The cluster '%s' is not confirmed to be down; it is restored only when its API does not answer and the public health is down."
              .formatted(name),
          "It ends when everything is up; `dr reject` gives it to a person.",
          null);
    }
    if (isUnheard(round)) {
      return Guards.block(
          BlockedReason.NO_QUORUM,
          "Too few observers can be heard about the cluster '%s'.".formatted(name),
          "A quorum of detectors that are heard again lifts it.",
          null);
    }
    if (publicHealth(round) == HealthStatus.UNKNOWN) {
      return Guards.block(
          BlockedReason.NO_QUORUM,
          "The API of the cluster '%s' does not answer, and no quorum of observers can say whether customers are served."
              .formatted(name),
          "A quorum of detectors that see the public health lifts it. Look at the detectors, and at"
              + " the cluster.",
          null);
    }
    return Guards.block(
        BlockedReason.NOT_A_DISASTER,
        "The API of the cluster '%s' does not answer while customers are served (public health %s): nothing is restored."
            .formatted(name, publicHealth(round)),
        "See to the cluster's API; it ends when that answers. When the public health goes down as"
            + " well, it is a total outage.",
        null);
  }
}
