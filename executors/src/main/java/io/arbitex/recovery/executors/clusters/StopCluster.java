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

/**
 * The old cluster is stopped, since its workloads may live on behind an API that nobody reaches and
 * would write beside the restored ones. Its successor is proven by then. A stopped cluster keeps
 * its state, so that it can be started again.
 */
final class StopCluster extends ClusterAction {
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
    if (ClusterTarget.isSuccessor(context)) {
      return Look.alreadySo();
    }
    String name = ClusterTarget.source(context);
    Optional<ManagedCluster> old = target.clusters(context).find(name);
    if (old.isEmpty()) {
      new SourceCluster(target).refuseUnlessGone(context);
      return Look.alreadySo(Map.of(ClusterFacts.OLD, "Azure does not know it any more"));
    }
    SourceCluster.refuseIfChanging(context, old.get());
    // A stop by an earlier attempt is taken over, so that only this one may take it back.
    boolean settled =
        isByThis(context, old.get()) || context.fact(ClusterFacts.NOT_TAKEN_OVER).isPresent();
    return old.get().isStopped() && settled
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.OLD,
                "stopped by this recovery; its disks and its state are kept",
                ClusterFacts.UNDO,
                "first stop "
                    + context.required(ClusterFacts.CLUSTER)
                    + ", lest two platforms write, then: "
                    + target.howToStart(context)
                    + ", and take its tags recovery-stopped-by and recovery-incident off"))
        : Look.notYet("the old cluster is " + old.get().state() + ", " + old.get().power());
  }

  private static boolean isByThis(ActionContext context, ManagedCluster old) {
    return old.tag(ClusterTarget.STOPPED_TAG)
        .filter(context.command().getCommandId()::equals)
        .isPresent();
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    String name = ClusterTarget.source(context);
    ManagedClusters clusters = target.clusters(context);
    Optional<ManagedCluster> old = clusters.find(name);
    if (old.isEmpty()) {
      return;
    }
    if (old.get().isStopped() && SourceCluster.isStoppedFor(context, old.get())) {
      takeOver(context, clusters, old.get());
      return;
    }
    Optional<ManagedCluster> settled;
    try {
      settled = marked(context, clusters, old.get());
    } catch (ActionFailure e) {
      throw unstopped(name, e);
    }
    if (settled.isPresent()) {
      recheck(context, clusters, settled.get());
      try {
        stop(context, clusters, name);
      } catch (ActionFailure e) {
        throw unstopped(name, e);
      }
    }
  }

  /**
   * A stop by an earlier attempt becomes this one's. Where Azure does not let a stopped cluster be
   * tagged, nobody takes the stop back when this attempt fails; that is told.
   */
  private static void takeOver(
      ActionContext context, ManagedClusters clusters, ManagedCluster stopped)
      throws ActionFailure, InterruptedException {
    try {
      mark(context, clusters, stopped);
    } catch (ActionFailure e) {
      if (e.code() == FailureCode.KILL_SWITCH || e.code() == FailureCode.OWNERSHIP_LOST) {
        throw e;
      }
      context.remember(
          ClusterFacts.NOT_TAKEN_OVER,
          "stays stopped if this attempt fails: its tags could not be changed: " + e.getMessage());
    }
  }

  private static void mark(ActionContext context, ManagedClusters clusters, ManagedCluster old)
      throws ActionFailure, InterruptedException {
    tag(
        context,
        clusters,
        old,
        Map.of(
            ClusterTarget.STOPPED_TAG,
            context.command().getCommandId(),
            ClusterTarget.INCIDENT_TAG,
            context.command().getIncidentId()));
  }

  private static ActionFailure unstopped(String name, ActionFailure why) {
    return why.code() == FailureCode.KILL_SWITCH
        ? why
        : new ActionFailure(
            why.code(),
            "the old cluster "
                + name
                + " is not known to be stopped, so its successor stays held, lest two platforms"
                + " write: "
                + why.getMessage(),
            "Stop it by hand (az aks stop), or close its way to the database and the key vault, then"
                + " `dr retry`. "
                + why.hint(),
            why.retryable(),
            why);
  }

  /**
   * Puts this command's mark on it before it is stopped: who comes later knows by it whose stop it
   * was.
   *
   * @return the cluster when it is still to be stopped
   */
  private Optional<ManagedCluster> marked(
      ActionContext context, ManagedClusters clusters, ManagedCluster old)
      throws ActionFailure, InterruptedException {
    String doing = "stop the cluster " + old.name();
    if (!isByThis(context, old)) {
      mark(context, clusters, old);
    }
    OperationWait.end(context, clusters.azure(), context.fact(ClusterFacts.STOP_OPERATION), doing);
    ManagedCluster now = until(context, clusters, old.name(), doing, ManagedCluster::isSettled);
    return now.isStopped() ? Optional.empty() : Optional.of(now);
  }

  private static void stop(ActionContext context, ManagedClusters clusters, String name)
      throws ActionFailure, InterruptedException {
    String doing = "stop the cluster " + name;
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
      try {
        tag(
            context,
            clusters,
            now,
            Map.of(ClusterTarget.STOPPED_TAG, "", ClusterTarget.INCIDENT_TAG, ""));
      } catch (ActionFailure untagged) {
        e.addSuppressed(untagged);
      }
      throw e;
    }
  }
}
