package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: no unproven cluster is left, and nothing but our own is deleted, nor one that the
 * platform is bound to by now.
 */
final class DeleteCluster extends ClusterAction {
  DeleteCluster(ClusterTarget target) {
    super(target, "delete-cluster", "delete the unproven cluster", true, Duration.ofMinutes(20));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (target.standby(context).isPresent()) {
      return Look.alreadySo();
    }
    String name = target.name(context);
    Optional<ManagedCluster> found = target.clusters(context).find(name);
    if (found.isEmpty()) {
      refuseIfComing(context, name);
      return Look.alreadySo();
    }
    return ClusterTarget.isOurs(context, found.get())
        ? Look.notYet("the cluster " + name + " is there")
        : Look.alreadySo();
  }

  private void refuseIfComing(ActionContext context, String name)
      throws ActionFailure, InterruptedException {
    Optional<String> operation = context.fact(ClusterFacts.MAKE_OPERATION);
    if (operation.isPresent()
        && OperationWait.isUnderWay(target.clusters(context).azure(), operation.get())) {
      throw ActionFailure.passing(
          FailureCode.TARGET_UNREACHABLE,
          "Azure is making the cluster " + name + ", which cannot be seen yet",
          "Delete it by hand when it is there.");
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String name = target.name(context);
    Optional<ManagedCluster> found = clusters.find(name);
    if (found.isEmpty() || !ClusterTarget.isOurs(context, found.get())) {
      return;
    }
    if (target.isBoundTo(name)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the platform is bound to the cluster " + name + "; it is not deleted",
          "Use it, or delete it by hand.");
    }
    if (!found.get().state().equals("Deleting")) {
      ClusterTarget.refuseUnlessAllowed(context);
      OperationWait.end(
          context, clusters.azure(), clusters.beginDelete(found.get()), "delete " + name);
    }
    Pace pace = new Pace();
    while (clusters.find(name).isPresent()) {
      pace.pause(context, "delete " + name);
    }
  }
}
