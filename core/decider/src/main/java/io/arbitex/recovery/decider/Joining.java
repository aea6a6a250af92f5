package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A store that fails while a plan runs already: it joins the plan under the rules of any other, and
 * the rest goes on meanwhile. What a cluster's loss takes along: {@link ClusterSteps}.
 */
final class Joining {
  private Joining() {}

  /** Whether it has lasted for long enough, and nothing stands against it. */
  static boolean mayJoin(Round round, ComponentView store) {
    return isRipe(round, store) && Guards.beforeJoining(round, store).isEmpty();
  }

  /** Whether a store is bad that has no steps yet: the incident is not over without it. */
  static boolean isAwaited(Round round) {
    return waiting(round).findAny().isPresent();
  }

  /** What stands against the first that would join. */
  static Optional<Guards.Block> objection(Round round) {
    return waiting(round)
        .filter(store -> isRipe(round, store))
        .map(store -> Guards.beforeJoining(round, store))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** When a store that waits has lasted for long enough. */
  static Optional<Instant> due(Round round) {
    return waiting(round)
        .map(store -> ripeAt(round, store))
        .filter(due -> due.isAfter(round.now))
        .min(Instant::compareTo);
  }

  private static boolean isRipe(Round round, ComponentView store) {
    // While too few can be heard at all, the guard of that name speaks.
    return !round.now.isBefore(ripeAt(round, store))
        && (store.getQuorumLost() || Observations.isSaidNow(round, store));
  }

  private static Instant ripeAt(Round round, ComponentView store) {
    return store.getSymptom() == Symptom.CORRUPT
        ? store.getSince()
        : store.getSince().plus(round.policy.detection().restoreAfter());
  }

  private static Stream<ComponentView> waiting(Round round) {
    IncidentView incident = round.incident();
    if (incident == null || incident.getSteps().isEmpty()) {
      return Stream.empty();
    }
    return incident.getComponents().stream()
        .filter(name -> !Landscape.isCluster(round, name))
        .filter(name -> !Planner.hasSteps(round, name))
        .filter(name -> !Planner.procedures(round, name).isEmpty())
        .filter(name -> !ClusterLoss.hides(round, name))
        .map(round::component)
        .filter(Opening::isBad)
        .filter(store -> Triage.isRestorable(round, store.getSymptom()));
  }
}
