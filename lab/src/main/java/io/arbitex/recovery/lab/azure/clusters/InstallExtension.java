package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.clusters.Extension.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;

/** Installs an extension: the cluster has to answer. One that failed stays, as Failed. */
public final class InstallExtension implements Work {
  private final Clusters clusters;
  private final Permits permits;

  public InstallExtension(Clusters clusters, Permits permits) {
    this.clusters = clusters;
    this.permits = permits;
  }

  @Override
  public void run(Operation operation) throws OperationFailed, IOException {
    Extension extension =
        permits
            .target(operation.target())
            .orElseThrow(() -> new IOException("there is no " + operation.target()));
    ManagedCluster cluster =
        clusters
            .named(extension.cluster())
            .orElseThrow(() -> new IOException("there is no cluster " + extension.cluster()));
    try {
      ClusterApi.askForLife(cluster);
    } catch (IOException e) {
      throw new OperationFailed("ExtensionOperationFailed", e.getMessage(), e);
    }
    permits.put(extension.withState(State.SUCCEEDED));
  }

  @Override
  public void abandon(Operation operation) {
    permits.target(operation.target()).ifPresent(each -> permits.put(each.withState(State.FAILED)));
  }
}
