package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import java.time.Duration;

/**
 * Preflight: the cluster is really away, and so is the platform. See {@link SourceCluster}. Not
 * where this incident has stopped it already: then customers may be served by its successor.
 */
final class RecheckCluster extends ClusterAction {
  RecheckCluster(ClusterTarget target) {
    super(
        target,
        "recheck-source",
        "look at the cluster and the platform once more",
        false,
        Duration.ofMinutes(3));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    boolean stopped =
        target
            .clusters(context)
            .find(ClusterTarget.source(context))
            .filter(old -> old.isStopped() && SourceCluster.isStoppedFor(context, old))
            .isPresent();
    if (!stopped && !ClusterTarget.isSuccessor(context)) {
      new SourceCluster(target).refuseIfAlive(context);
    }
    return Look.alreadySo();
  }
}
