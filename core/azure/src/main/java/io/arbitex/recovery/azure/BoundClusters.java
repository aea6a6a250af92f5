package io.arbitex.recovery.azure;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the clusters are reached that platforms are bound to: the inventory's own by its kubeconfig,
 * every other one by the credentials that Azure gives out for it. Those of one cluster are shared
 * by all that ask.
 */
public final class BoundClusters {
  /** Parameter of a command: the cluster that the platform is bound to, by its name in Azure. */
  public static final String RESOURCE = "cluster-resource";

  /** Parameter of a command: the resource group of that cluster; the inventory's without it. */
  public static final String GROUP = "cluster-group";

  /** Azure's names are the same in small and capital letters. */
  private record Place(Azure azure, String group, String name) {
    Place {
      group = group.toLowerCase(Locale.ROOT);
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  private final Duration patience;
  private final Map<Place, ClusterCredentials> asked = new ConcurrentHashMap<>();

  /**
   * @param patience how long somebody who wants to reach a cluster waits for Azure
   */
  public BoundClusters(Duration patience) {
    this.patience = patience;
  }

  /**
   * The platform with its workloads in the cluster that it is bound to.
   *
   * @param resource of its component of kind {@code aks}; empty where nobody has said: the
   *     inventory's
   * @param group of that cluster; empty: the inventory's
   */
  public Inventory.Platform follow(
      Inventory.Platform platform, Optional<String> resource, Optional<String> group) {
    Optional<Cluster> own = platform.managedCluster().flatMap(Inventory.Component::cluster);
    if (own.isEmpty() || resource.isEmpty()) {
      return platform;
    }
    String name = resource.get();
    String in = group.orElse(own.get().resourceGroup());
    if (name.equalsIgnoreCase(own.get().name()) && in.equalsIgnoreCase(own.get().resourceGroup())) {
      return platform;
    }
    // The inventory refuses a cluster without an Azure.
    Azure azure = platform.azure().orElseThrow();
    return platform.boundTo(
        asked.computeIfAbsent(
            new Place(azure, in, name),
            place -> new ClusterCredentials(azure, in, name, patience)));
  }
}
