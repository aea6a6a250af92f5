package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.clusters.ManagedCluster.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Ends the process of a cluster with all its pods; its objects and its disks stay. */
public final class StopCluster implements Work {
  private final Clusters clusters;

  public StopCluster(Clusters clusters) {
    this.clusters = clusters;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster =
        clusters
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    clusters.process(cluster).end();
    clusters.put(cluster.withState(State.STOPPED));
  }

  @Override
  public void abandon(Operation operation) {
    clusters
        .target(operation.target())
        .ifPresent(each -> clusters.put(each.withState(State.SUCCEEDED)));
  }
}
