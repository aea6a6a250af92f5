package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Deletes a cluster that was ordered, with its objects and its pods. */
public final class DeleteCluster implements Work {
  private final Clusters clusters;
  private final Permits permits;

  public DeleteCluster(Clusters clusters, Permits permits) {
    this.clusters = clusters;
    this.permits = permits;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster = clusters.target(operation.target()).orElse(null);
    if (cluster != null) {
      permits.forget(cluster);
      clusters.remove(cluster);
    }
  }

  @Override
  public void abandon(Operation operation) {
    clusters
        .target(operation.target())
        .ifPresent(each -> clusters.put(each.withState(ManagedCluster.State.SUCCEEDED)));
  }
}
