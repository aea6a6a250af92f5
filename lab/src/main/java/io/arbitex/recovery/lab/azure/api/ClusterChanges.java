package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster.State;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import java.util.Map;

/** Requests that change a cluster that is there. */
final class ClusterChanges {
  private final Clusters clusters;
  private final Operations operations;

  ClusterChanges(Clusters clusters, Operations operations) {
    this.clusters = clusters;
    this.operations = operations;
  }

  /** Gives it other tags; they are done at once. */
  ManagedCluster tag(ArmRequest request, ManagedCluster cluster) {
    refuseChanged(request, cluster);
    refuseGiven(cluster);
    if (!request.body().path("tags").isObject()) {
      throw ArmFailure.invalid("A PATCH of a cluster gives it tags.");
    }
    refuseBusy(cluster);
    ManagedCluster tagged = cluster.withTags(request.body().get("tags"));
    clusters.put(tagged);
    return tagged;
  }

  /** Begins to stop or to start it. */
  Operation power(ArmRequest request, Operation.Kind kind, ManagedCluster cluster) {
    boolean stops = kind == Operation.Kind.STOP_CLUSTER;
    refuseGiven(cluster);
    refuseBusy(cluster);
    if (cluster.state() != (stops ? State.SUCCEEDED : State.STOPPED)) {
      throw conflict("'" + cluster.name() + "' is " + (stops ? "not running." : "not stopped."));
    }
    clusters.put(cluster.withState(stops ? State.STOPPING : State.STARTING));
    return operations.begin(kind, cluster.target(), null, Map.of(), request.fate());
  }

  private static void refuseGiven(ManagedCluster cluster) {
    if (cluster.wasGiven()) {
      throw conflict("The lab was given this cluster and does not change it.");
    }
  }

  void refuseBusy(ManagedCluster cluster) {
    if (operations.isBusy(cluster.target())) {
      throw conflict("Another operation is in progress on '" + cluster.name() + "'.");
    }
  }

  static void refuseChanged(ArmRequest request, ManagedCluster cluster) {
    String wanted = request.ifMatch();
    if (wanted != null && !wanted.equals("*") && !wanted.equals(cluster.etag())) {
      throw changed("If-Match", cluster);
    }
  }

  static ArmFailure changed(String header, ManagedCluster cluster) {
    return ArmFailure.of(
        412,
        "PreconditionFailed",
        header + " does not hold: '" + cluster.name() + "' is there as " + cluster.etag() + ".");
  }

  static ArmFailure conflict(String message) {
    return ArmFailure.of(409, "OperationNotAllowed", message);
  }
}
