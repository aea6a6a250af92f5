package io.arbitex.recovery.lab.azure.clusters;

import java.util.List;

/**
 * Trusted access: what a resource of Azure may do in a cluster.
 *
 * @param cluster its name
 * @param source resource id of who may
 */
public record RoleBinding(String cluster, String name, String source, List<String> roles) {
  private static final String BACKUP_OPERATOR =
      "Microsoft.DataProtection/backupVaults/backup-operator";

  public RoleBinding {
    roles = List.copyOf(roles);
  }

  /** Whether it lets a vault back up and restore. */
  boolean letsIn(String vaultId) {
    return source.equalsIgnoreCase(vaultId)
        && roles.stream().anyMatch(BACKUP_OPERATOR::equalsIgnoreCase);
  }
}
