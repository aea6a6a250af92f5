package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;
import java.util.Optional;

/** Starts the process of a cluster that was ordered. */
public final class MakeCluster implements Work {
  private final Clusters clusters;

  public MakeCluster(Clusters clusters) {
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
    clusters.put(cluster.withState(ManagedCluster.State.SUCCEEDED));
  }

  @Override
  public void abandon(Operation operation) throws IOException, InterruptedException {
    ManagedCluster cluster = clusters.target(operation.target()).orElse(null);
    if (cluster != null) {
      clusters.remove(cluster);
    }
  }
}
