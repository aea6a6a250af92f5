package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Deletes a cluster that was ordered, with its objects and its pods. */
public final class DeleteCluster implements Work {
  private final Clusters clusters;

  public DeleteCluster(Clusters clusters) {
    this.clusters = clusters;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster = clusters.target(operation.target()).orElse(null);
    if (cluster != null) {
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
