package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.clusters.ManagedCluster.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;
import java.util.Optional;

/** Starts the process of a cluster that was stopped; its pods come back from its objects. */
public final class StartCluster implements Work {
  private final Clusters clusters;

  public StartCluster(Clusters clusters) {
    this.clusters = clusters;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster =
        clusters
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    ClusterProcess process = clusters.process(cluster);
    Optional<ProcessHandle> living = process.find();
    process.awaitReady(living.isPresent() ? living.get() : process.start());
    clusters.put(cluster.withState(State.SUCCEEDED));
  }

  @Override
  public void abandon(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster = clusters.target(operation.target()).orElse(null);
    if (cluster != null) {
      clusters.process(cluster).end();
      clusters.put(cluster.withState(State.STOPPED));
    }
  }
}
