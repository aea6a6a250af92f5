package io.arbitex.recovery.lab.azure.protection;

import io.arbitex.recovery.lab.azure.clusters.ClusterApi;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.Extension;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.clusters.Permits;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a vault needs of a cluster before it can back it up or restore to it. The codes of extension
 * and trusted access are those that Azure's documents and its users tell of; the others are names
 * of the lab.
 */
final class Access {
  private static final Pattern CLUSTER =
      Pattern.compile(
          "/subscriptions/[^/]+/resourceGroups/([^/]+)"
              + "/providers/Microsoft.ContainerService/managedClusters/([^/]+)",
          Pattern.CASE_INSENSITIVE);

  private final Vaults vaults;
  private final Clusters clusters;
  private final Permits permits;

  Access(Vaults vaults, Clusters clusters, Permits permits) {
    this.vaults = vaults;
    this.clusters = clusters;
    this.permits = permits;
  }

  /**
   * A cluster that the vault can work in now.
   *
   * @param vault its name
   * @param id resource id of the cluster
   * @throws OperationFailed when it cannot, with the reason
   */
  ManagedCluster demand(String vault, String id) throws OperationFailed {
    ManagedCluster cluster =
        find(id)
            .filter(each -> each.state() == ManagedCluster.State.SUCCEEDED)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "UserErrorClusterNotFound", "There is no cluster at " + id + ".", null));
    Extension extension =
        permits
            .backupExtension(cluster)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "UserErrorKubernetesBackupExtensionNotFoundError",
                        "The Backup extension is not installed in " + cluster.name() + ".",
                        null));
    if (extension.state() != Extension.State.SUCCEEDED) {
      throw new OperationFailed(
          "UserErrorKubernetesBackupExtensionHasErrors",
          "The Backup extension of " + cluster.name() + " is " + extension.state().text() + ".",
          null);
    }
    if (vaults.named(vault).filter(each -> permits.letIn(cluster, vaults.id(each))).isEmpty()) {
      throw new OperationFailed(
          "UserErrorTrustedAccessGatewayReturnedForbidden",
          "The Trusted Access role binding is missing/has gotten removed from the cluster.",
          null);
    }
    try {
      ClusterApi.askForLife(cluster);
    } catch (IOException e) {
      throw new OperationFailed("UserErrorClusterUnreachable", e.getMessage(), e);
    }
    return cluster;
  }

  private Optional<ManagedCluster> find(String id) {
    Matcher path = CLUSTER.matcher(id);
    return path.matches() ? clusters.find(path.group(1), path.group(2)) : Optional.empty();
  }

  /**
   * Whether a restore can be begun. What the recovery point holds is not read: that a file is there
   * is all that a validation sees.
   *
   * @throws OperationFailed when it cannot, with the reason
   */
  ManagedCluster demand(BackupInstance instance, RestoreOrder order) throws OperationFailed {
    if (vaults.point(instance, order.point()).isEmpty()) {
      throw new OperationFailed(
          "RecoveryPointNotFound",
          instance.name() + " has no recovery point " + order.point() + ".",
          null);
    }
    if (!vaults.files().isThere(order.point())) {
      throw new OperationFailed(
          "RecoveryPointUnavailable",
          "The data of the recovery point " + order.point() + " is gone.",
          null);
    }
    return demand(instance.vault(), order.target());
  }
}
