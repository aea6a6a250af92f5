package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** What the inventory says of the cluster and the public health, and how observers reach them. */
final class ClusterConfiguration {
  private static final String COMPONENTS =
      """
            - name: public-health
              kind: endpoint
            - name: cluster
              kind: aks
              procedures: %s
              cluster:
                name: %s
                resourceGroup: %s
                nodes: %d
                like: {location: %s, vmSize: Standard_D4s_v5}
      """;

  /** What the recovery of a managed one needs. */
  private static final String RECOVERY =
      """
                backup: {vault: %s, resourceGroup: %s, instance: %s, storageAccount: %s, container: %s, storageGroup: %s}
                helm: %s
                secrets:
                  - name: %s
                    url: %s
                    keys: {%s}
                address:
                  service: %s/%s
                  dns: {zone: %s, resourceGroup: %s, record: %s, ttl: %ds}
      """;

  private ClusterConfiguration() {}

  /** The components; indented for their place. */
  static String components(LabPlan plan) {
    boolean managed = plan.options().managedCluster();
    return COMPONENTS.formatted(
            managed ? "[aks.backup, aks.rebuild]" : "[]",
            LabManagedCluster.NAME,
            LabAzureCloud.GROUP,
            LabManagedCluster.NODES,
            LabAzureCloud.LOCATION)
        + (managed ? recovery(plan) : "");
  }

  private static String recovery(LabPlan plan) {
    return RECOVERY.formatted(
        ClusterProtection.VAULT,
        LabAzureCloud.GROUP,
        ClusterProtection.INSTANCE,
        ClusterProtection.STORAGE_ACCOUNT,
        ClusterProtection.CONTAINER,
        LabAzureCloud.GROUP,
        PlatformChart.inventory(plan),
        PlatformWorkload.SECRET,
        PlatformVault.url(plan),
        LabWorkloads.keys(plan).stream()
            .map(key -> key + ": " + PlatformVault.name(key))
            .collect(Collectors.joining(", ")),
        LabCluster.NAMESPACE,
        PlatformWorkload.PLATFORM,
        PublicRecord.ZONE,
        LabAzureCloud.GROUP,
        PublicRecord.RECORD,
        PublicRecord.TTL);
  }

  /** The kubeconfig of an observer; the cluster's own where it has no path of its own. */
  static Path kubeconfig(LabPlan plan, String observer) {
    return plan.options().clusterWatched()
        ? plan.folder().secrets().resolve("kubeconfig-" + observer)
        : LabCluster.kubeconfig(plan.folder());
  }

  /** The platform's public address as an observer reaches it. */
  static String platform(LabPlan plan, String observer) {
    return plan.options().clusterWatched()
        ? "http://127.0.0.1:" + plan.paths().get(LabPlan.path(observer, LabPlan.PUBLIC))
        : plan.platformAddress();
  }

  /**
   * Gives each observer a kubeconfig that leads over its own path, once the cluster has its own.
   */
  static void writeKubeconfigs(LabPlan plan) throws IOException {
    String text = Files.readString(LabCluster.kubeconfig(plan.folder()), StandardCharsets.UTF_8);
    String direct = "https://127.0.0.1:" + plan.cluster().api();
    if (!text.contains(direct)) {
      throw new LabFailure("the cluster's kubeconfig does not lead to " + direct);
    }
    for (String observer : plan.observers()) {
      int port = plan.paths().get(LabPlan.path(observer, LabPlan.KUBERNETES));
      plan.folder()
          .secret("kubeconfig-" + observer, text.replace(direct, "https://127.0.0.1:" + port));
    }
  }
}
