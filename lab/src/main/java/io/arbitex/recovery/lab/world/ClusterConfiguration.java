package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the inventory says of the cluster and the public health, and how observers reach them. */
final class ClusterConfiguration {
  private static final String COMPONENTS =
      """
            - name: public-health
              kind: endpoint
            - name: cluster
              kind: aks
              procedures: []
              cluster:
                name: %s
                resourceGroup: %s
                nodes: 1
                like: {location: %s, vmSize: Standard_D4s_v5}
      """;

  /** Its name in Azure. */
  private static final String NAME = "arbitex-aks";

  private ClusterConfiguration() {}

  /** The components; indented for their place. */
  static String components() {
    return COMPONENTS.formatted(NAME, LabAzureCloud.GROUP, LabAzureCloud.LOCATION);
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
