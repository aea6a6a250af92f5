package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** A pod of ours stands on the volume of Redis. */
final class OpenWorkPod extends RedisAction {
  private final Function<ActionContext, Staging> staging;

  /**
   * @param staging the one that the pod works on
   */
  OpenWorkPod(RedisTarget target, Function<ActionContext, Staging> staging) {
    super(
        target,
        "open-work-pod",
        "start a pod on the volume of Redis",
        true,
        Duration.ofMinutes(6),
        PATIENT);
    this.staging = staging;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging found = staging.apply(context);
    return new WorkPod(session, found.podPlan()).runs()
        ? Look.alreadySo(Map.of(RedisFacts.WORK_POD, found.pod()))
        : Look.notYet("the pod " + found.pod() + " does not run");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new WorkPod(session, staging.apply(context).podPlan()).ensure(context);
  }
}
