package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import java.time.Duration;

/** Clean-up: nothing of a restore that failed is left on the volume. */
final class RemoveStaging extends RedisAction {
  RemoveStaging(RedisTarget target) {
    super(
        target,
        "remove-staging",
        "delete what was copied to the volume",
        true,
        Duration.ofMinutes(6),
        PATIENT);
  }

  private static boolean begun(ActionContext context, Staging staging) {
    return context.fact(RedisFacts.STAGING_ID).filter(staging.id()::equals).isPresent();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.madeBy(target, context);
    if (!begun(context, staging) || staging.aside()) {
      return Look.alreadySo();
    }
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    String said =
        VolumeScript.in(session, staging)
            .read(context, RedisTarget.SHORT, "there", staging.folder());
    return said.isBlank() ? Look.alreadySo() : Look.notYet("the staging is there");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.madeBy(target, context);
    new WorkPod(session, staging.podPlan()).ensure(context);
    VolumeScript.in(session, staging).change(context, RedisTarget.LONG, "remove", staging.folder());
  }
}
