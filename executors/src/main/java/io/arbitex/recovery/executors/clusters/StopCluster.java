package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The old cluster is stopped, since its workloads may live on behind an API that nobody reaches and
 * would write beside the restored ones. Its successor is proven by then. A stopped cluster keeps
 * its state, so that it can be started again.
 */
final class StopCluster extends ClusterAction {
  /** They say that the cluster lives, not that it cannot be stopped. */
  private static final Set<FailureCode> AS_THEY_ARE =
      Set.of(FailureCode.SOURCE_SOUND, FailureCode.KILL_SWITCH);

  StopCluster(ClusterTarget target) {
    super(
        target,
        "stop-source",
        "stop the old cluster, so that nothing in it writes any more",
        true,
        Duration.ofMinutes(20));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    String name = ClusterTarget.source(context);
    Optional<ManagedCluster> old = target.clusters(context).find(name);
    if (old.isEmpty()) {
      new SourceCluster(target).refuseUnlessGone(context);
      return Look.alreadySo(Map.of(ClusterFacts.OLD, "Azure does not know it any more"));
    }
    SourceCluster.refuseIfChanging(old.get());
    return old.get().isStopped()
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.OLD,
                "stopped by this recovery; its disks and its state are kept",
                ClusterFacts.UNDO,
                "first stop "
                    + context.required(ClusterFacts.CLUSTER)
                    + ", lest two platforms write, then: "
                    + target.howToStart(context)))
        : Look.notYet("the old cluster is " + old.get().state() + ", " + old.get().power());
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    try {
      stop(context);
    } catch (ActionFailure e) {
      if (AS_THEY_ARE.contains(e.code())) {
        throw e;
      }
      throw new ActionFailure(
          e.code(),
          "the old cluster "
              + ClusterTarget.source(context)
              + " is not known to be stopped, so its successor stays held, lest two platforms write: "
              + e.getMessage(),
          "Stop it by hand (az aks stop), or close its way to the database and the key vault, then"
              + " `dr retry`. "
              + e.hint(),
          e.retryable(),
          e);
    }
  }

  private void stop(ActionContext context) throws ActionFailure, InterruptedException {
    String name = ClusterTarget.source(context);
    String doing = "stop the cluster " + name;
    ManagedClusters clusters = target.clusters(context);
    Optional<ManagedCluster> old = clusters.find(name);
    if (old.isEmpty()) {
      return;
    }
    if (!SourceCluster.isStoppedByUs(old.get())) {
      // Before it is stopped: who comes later knows by it whose stop it was.
      tag(
          context,
          clusters,
          old.get(),
          Map.of(
              ClusterTarget.STOPPED_TAG,
              context.command().getCommandId(),
              ClusterTarget.INCIDENT_TAG,
              context.command().getIncidentId()));
    }
    OperationWait.end(context, clusters.azure(), context.fact(ClusterFacts.STOP_OPERATION), doing);
    ManagedCluster now = until(context, clusters, name, doing, ManagedCluster::isSettled);
    if (now.isStopped()) {
      return;
    }
    recheck(context, clusters, now);
    ClusterTarget.refuseUnlessAllowed(context);
    Optional<String> operation = clusters.beginStop(name);
    if (operation.isPresent()) {
      context.remember(ClusterFacts.STOP_OPERATION, operation.get());
    }
    OperationWait.end(context, clusters.azure(), operation, doing);
    until(context, clusters, name, doing, ManagedCluster::isStopped);
  }

  /** Minutes or a crash may lie between the first look and this one. */
  private void recheck(ActionContext context, ManagedClusters clusters, ManagedCluster now)
      throws ActionFailure, InterruptedException {
    try {
      new SourceCluster(target).refuseIfAlive(context);
    } catch (ActionFailure e) {
      tag(
          context,
          clusters,
          now,
          Map.of(ClusterTarget.STOPPED_TAG, "", ClusterTarget.INCIDENT_TAG, ""));
      throw e;
    }
  }
}
