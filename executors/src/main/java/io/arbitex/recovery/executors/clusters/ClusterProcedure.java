package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.Procedure;

/** {@code aks.backup}: see the package. */
public final class ClusterProcedure {
  public static final String NAME = Cluster.BACKUP;

  private static final String HINT =
      "See what the backup instance takes (namespaces, resource types); an older recovery point is"
          + " tried.";

  private ClusterProcedure() {}

  public static Procedure of(ClusterTarget target) {
    return Procedure.named(NAME)
        .action(new CheckCluster(target))
        .action(new CheckProtection(target))
        .action(new ChoosePoint(target))
        .action(new RecheckCluster(target))
        .action(new ClaimStandby(target))
        .action(new MakeCluster(target))
        .action(new AwaitCluster(target))
        .action(new InstallExtension(target))
        .action(new LetVaultIn(target))
        .action(new HoldWorkloads(target))
        .action(new RestoreObjects(target))
        .action(new WriteSecrets(target))
        .action(new ProveCluster(target, HINT))
        .onFailure(new DeleteCluster(target))
        .onFailure(new EmptyStandby(target))
        .build();
  }
}
