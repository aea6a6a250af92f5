package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which cluster a platform is bound to, for the parameters of its commands: a worker may have read
 * less of the bindings than the decider, and must not put anything into a cluster that was given
 * up.
 */
final class BoundCluster {
  static final String RESOURCE = "cluster-resource";
  static final String GROUP = "cluster-group";

  /** Facts of the end of a cutover: what is bound from then on. */
  private static final String BOUND_RESOURCE = "resource";

  private static final String BOUND_GROUP = "group";

  /** Fact of a cluster's cutover: the epoch of the binding that it replaces. */
  private static final String REPLACED_EPOCH = "replaced-epoch";

  private BoundCluster() {}

  /** Notes which binding a cluster's cutover replaces, when it is dispatched. */
  static void keepWhatIsReplaced(Round round, StepView step) {
    if (step.getPhase() == Phase.CUTOVER && Landscape.isCluster(round, step.getComponent())) {
      String epoch = Long.toString(epoch(round));
      step.setFacts(Facts.merge(step.getFacts(), List.of(new Fact(REPLACED_EPOCH, epoch))));
    }
  }

  /** Empty for a platform whose cluster is no component. */
  static List<Fact> parameters(Round round) {
    Optional<String> name = Landscape.clusterName(round);
    if (name.isEmpty()) {
      return List.of();
    }
    String resource =
        aheadOfItsBinding(round)
            .flatMap(step -> Facts.find(step.getFacts(), BOUND_RESOURCE))
            .or(() -> Landscape.cluster(round).map(ComponentView::getResource))
            .or(() -> round.platform.component(name.get()).map(Inventory.Component::resource))
            .orElseThrow();
    List<Fact> parameters = new ArrayList<>();
    parameters.add(new Fact(RESOURCE, resource));
    cutover(round)
        .filter(step -> Facts.find(step.getFacts(), BOUND_RESOURCE).equals(Optional.of(resource)))
        .flatMap(step -> Facts.find(step.getFacts(), BOUND_GROUP))
        .ifPresent(group -> parameters.add(new Fact(GROUP, group)));
    return parameters;
  }

  /** Of this incident, where it is done. */
  private static Optional<StepView> cutover(Round round) {
    return round.incident().getSteps().stream()
        .filter(step -> Landscape.isCluster(round, step.getComponent()))
        .filter(step -> step.getPhase() == Phase.CUTOVER && step.getState() == StepPhase.DONE)
        .findFirst();
  }

  /**
   * A cutover that is done, and whose binding was not read yet: the two come on topics of their
   * own.
   */
  private static Optional<StepView> aheadOfItsBinding(Round round) {
    return cutover(round)
        .filter(
            step ->
                Facts.find(step.getFacts(), REPLACED_EPOCH)
                    .map(Long::parseLong)
                    .filter(replaced -> epoch(round) <= replaced)
                    .isPresent());
  }

  private static long epoch(Round round) {
    return Landscape.cluster(round).map(ComponentView::getBindingEpoch).orElse(0L);
  }
}
