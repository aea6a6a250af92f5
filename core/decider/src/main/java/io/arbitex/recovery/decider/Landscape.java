package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.ComponentView;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which component of a platform is its cluster, which its public face, and what lives in the
 * cluster. Of most platforms there is neither; then nothing lives in one.
 *
 * <p>It only looks: a component that was never heard of stays unheard of, or a heartbeat would
 * change the state.
 */
final class Landscape {
  private static final Set<String> KINDS_IN_CLUSTER = Set.of("redis", "pvc");

  private Landscape() {}

  static boolean isCluster(Round round, String component) {
    return isOfKind(round, component, Inventory.Component.AKS);
  }

  static boolean isPublicHealth(Round round, String component) {
    return isOfKind(round, component, Inventory.Component.ENDPOINT);
  }

  /** Goes when the cluster goes. A database stands beside it. */
  static boolean isInCluster(Round round, String component) {
    return named(round, Inventory.Component.AKS).isPresent()
        && round
            .platform
            .component(component)
            .filter(found -> KINDS_IN_CLUSTER.contains(found.kind()))
            .isPresent();
  }

  /** All that goes with the cluster, in the inventory's order. */
  static List<String> inCluster(Round round) {
    return round.platform.components().stream()
        .map(Inventory.Component::name)
        .filter(name -> isInCluster(round, name))
        .toList();
  }

  static Optional<String> clusterName(Round round) {
    return named(round, Inventory.Component.AKS);
  }

  /** What is known of the cluster; empty where there is none, or nobody has said anything of it. */
  static Optional<ComponentView> cluster(Round round) {
    return view(round, Inventory.Component.AKS);
  }

  /** What is known of the public health; empty as above. */
  static Optional<ComponentView> publicHealth(Round round) {
    return view(round, Inventory.Component.ENDPOINT);
  }

  private static Optional<ComponentView> view(Round round, String kind) {
    return named(round, kind)
        .flatMap(
            name ->
                round.state.getComponents().stream()
                    .filter(view -> view.getComponent().equals(name))
                    .findFirst());
  }

  private static Optional<String> named(Round round, String kind) {
    return round.platform.components().stream()
        .filter(component -> component.kind().equals(kind))
        .map(Inventory.Component::name)
        .findFirst();
  }

  private static boolean isOfKind(Round round, String component, String kind) {
    return round.platform.component(component).filter(at -> at.kind().equals(kind)).isPresent();
  }
}
