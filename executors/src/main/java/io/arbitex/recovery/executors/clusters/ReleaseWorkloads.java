package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import java.time.Duration;

/**
 * The restored platform may run: the quota goes. Controllers that were refused pods wait longer and
 * longer between their tries (minutes in the end), so each is touched once. Invariant: the old
 * cluster is stopped or gone, as Azure says right before.
 */
final class ReleaseWorkloads extends ClusterAction {
  ReleaseWorkloads(ClusterTarget target) {
    super(
        target,
        "release-workloads",
        "let the platform run in the restored cluster",
        true,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.restored(context)) {
      if (Hold.find(session).isPresent()) {
        return Look.notYet("nothing may run in " + session.namespace());
      }
      return new HeldControllers(session).untouched(context).isEmpty()
          ? Look.alreadySo()
          : Look.notYet("its controllers do not know yet that they may");
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    new SourceCluster(target).refuseIfStarted(context);
    try (ClusterSession session = target.restored(context)) {
      ClusterTarget.refuseUnlessAllowed(context);
      context.remember(ClusterFacts.RELEASED, context.command().getCommandId());
      Hold.lift(session);
      new HeldControllers(session).touch(context);
    }
  }
}
