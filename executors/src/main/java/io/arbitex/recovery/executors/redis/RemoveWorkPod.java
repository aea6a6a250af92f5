package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pod on the volume is gone: when it is no longer needed, and when its procedure failed. None
 * is kept while a plan waits for an approval.
 */
final class RemoveWorkPod extends RedisAction {
  private final Function<ActionContext, Optional<Staging>> staging;

  /**
   * @param name of the action: it is a step of some procedures and a clean-up of all
   * @param staging the one that the pod worked on; empty when none is known
   */
  RemoveWorkPod(
      RedisTarget target, String name, Function<ActionContext, Optional<Staging>> staging) {
    super(target, name, "delete the pod on the volume", true, Duration.ofMinutes(4), PATIENT);
    this.staging = staging;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<Staging> found = staging.apply(context);
    return found.isPresent() && new WorkPod(session, found.get().podPlan()).exists()
        ? Look.notYet("the pod " + found.get().pod() + " is there")
        : Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<Staging> found = staging.apply(context);
    if (found.isPresent()) {
      new WorkPod(session, found.get().podPlan()).remove(context);
    }
  }
}
