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
 * Clean-up: the old cluster is as it was found, started again, if this command has stopped it. Not
 * while the platform may run in the restored one. One that runs, since its stop failed or somebody
 * has started it, keeps the tags: a stop by hand then counts as this incident's for the next
 * attempt.
 */
final class StartSource extends ClusterAction {
  private final HoldAgain hold;

  StartSource(ClusterTarget target, HoldAgain hold) {
    super(target, "start-source", "start the old cluster again", true, Duration.ofMinutes(25));
    this.hold = hold;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<ManagedCluster> old = find(context);
    return old.isEmpty() || !isOurs(context, old.get()) || old.get().isRunning()
        ? Look.alreadySo()
        : Look.notYet("the old cluster is " + old.get().state() + ", " + old.get().power());
  }

  private Optional<ManagedCluster> find(ActionContext context)
      throws ActionFailure, InterruptedException {
    return target.clusters(context).find(ClusterTarget.source(context));
  }

  /** A stop by an earlier command is nothing that this one may take back. */
  private static boolean isOurs(ActionContext context, ManagedCluster old) {
    return old.tag(ClusterTarget.STOPPED_TAG)
        .filter(context.command().getCommandId()::equals)
        .isPresent();
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    refuseUnlessHeld(context);
    ManagedClusters clusters = target.clusters(context);
    String name = ClusterTarget.source(context);
    String doing = "start the old cluster " + name;
    Optional<String> stop = context.fact(ClusterFacts.STOP_OPERATION);
    Pace pace = new Pace();
    while (stop.isPresent() && OperationWait.isUnderWay(clusters.azure(), stop.get())) {
      pace.pause(context, "wait for the end of the stop of " + name);
    }
    // A stop whose answer was lost may still be under way.
    ManagedCluster settled = until(context, clusters, name, doing, ManagedCluster::isSettled);
    if (!isOurs(context, settled)) {
      // A later attempt has taken the stop over meanwhile: whether it is taken back is its to say.
      return;
    }
    if (settled.isRunning()) {
      return;
    }
    refuseUnlessHeld(context);
    ClusterTarget.refuseUnlessAllowed(context);
    OperationWait.end(context, clusters.azure(), clusters.beginStart(name), doing);
    ManagedCluster running = until(context, clusters, name, doing, ManagedCluster::isRunning);
    context.remember(ClusterFacts.OLD, "started again by this recovery, as it was found");
    tag(
        context,
        clusters,
        running,
        Map.of(ClusterTarget.STOPPED_TAG, "", ClusterTarget.INCIDENT_TAG, ""));
  }

  private void refuseUnlessHeld(ActionContext context) throws ActionFailure, InterruptedException {
    if (target.isBoundTo(context.required(ClusterFacts.CLUSTER)) || !hold.isDone(context)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the old cluster is left stopped, since the platform may run in the restored one",
          "See that nothing of the platform runs in "
              + context.required(ClusterFacts.CLUSTER)
              + ", then: "
              + target.howToStart(context));
    }
  }
}
