package io.arbitex.recovery.detector;

import io.arbitex.recovery.azure.BoundClusters;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.runtime.Bindings;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The cluster that a platform's workloads run in, as its binding says at the moment of each look:
 * the binding is read once for a look, so that the name and the epoch of an observation are those
 * of the cluster that was asked.
 */
final class PlatformCluster {
  private final Inventory.Platform platform;
  private final Supplier<Optional<Bindings.ManagedCluster>> bound;
  private final BoundClusters clusters;

  /**
   * @param platform with a cluster
   * @param bound what the cluster is now; throws where its binding is in doubt
   */
  PlatformCluster(
      Inventory.Platform platform,
      Supplier<Optional<Bindings.ManagedCluster>> bound,
      BoundClusters clusters) {
    this.platform = platform;
    this.bound = bound;
    this.clusters = clusters;
  }

  /**
   * A look at something in the cluster.
   *
   * @param own what that is bound to itself
   * @throws IllegalStateException when nobody knows which cluster it is
   */
  Watch.Target target(ProbeInCluster probe, Supplier<Watch.Target> own) {
    // In this order: what is put into a new cluster is bound later than the cluster, and the old
    // one must not be asked in the name of what is in the new one.
    Watch.Target thing = own.get();
    return new Watch.Target(thing.resource(), thing.epoch(), probe.in(reached(bound.get())));
  }

  /**
   * A look at the cluster itself, where it is a component.
   *
   * @throws IllegalStateException as above
   */
  Watch.Target target(ProbeInCluster probe) {
    Bindings.ManagedCluster now = bound.get().orElseThrow();
    return new Watch.Target(now.resource(), now.epoch(), probe.in(reached(Optional.of(now))));
  }

  private Kubernetes reached(Optional<Bindings.ManagedCluster> now) {
    return clusters
        .follow(
            platform,
            now.map(Bindings.ManagedCluster::resource),
            now.flatMap(Bindings.ManagedCluster::group))
        .kubernetes()
        .orElseThrow();
  }
}
