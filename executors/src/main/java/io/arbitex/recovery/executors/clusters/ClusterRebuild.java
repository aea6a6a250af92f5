package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.helm.Chart;

/** {@code aks.rebuild}: see the package. */
public final class ClusterRebuild {
  public static final String NAME = Cluster.REBUILD;

  private static final String HINT =
      "See what the chart makes with the values of 'cluster.helm' in the inventory.";

  private ClusterRebuild() {}

  /**
   * @param target without a backup: a standby belongs to the backup's own procedure, which may have
   *     left something in it
   */
  public static Procedure of(ClusterTarget target, Cluster.HelmRelease release) {
    Chart chart = new Chart(release, target.kubernetes().namespace());
    return Procedure.named(NAME)
        .action(new CheckCluster(target))
        .action(new CheckChart(target, release, chart))
        .action(new RecheckCluster(target))
        .action(new MakeCluster(target))
        .action(new AwaitCluster(target))
        .action(new HoldWorkloads(target))
        .action(new WriteSecrets(target))
        .action(new InstallRelease(target, chart))
        .action(new ProveCluster(target, HINT))
        .onFailure(new DeleteCluster(target))
        .build();
  }
}
