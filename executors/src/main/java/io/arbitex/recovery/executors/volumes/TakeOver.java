package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import java.time.Duration;

/**
 * Workloads that an earlier command left at 0, since its clean-up failed too, become this
 * command's: so its own clean-up gives them back, whatever it ends of.
 */
final class TakeOver extends VolumeAction {
  TakeOver(VolumeTarget target) {
    super(
        target,
        "take-over",
        "take over what an earlier attempt left in the middle",
        true,
        Duration.ofMinutes(3));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    return !CheckVolume.alreadyCutOver(context) && target.workloads().heldByAnother(context)
        ? Look.notYet("an earlier attempt left workloads stopped")
        : Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    target.workloads().takeOver(context);
    context.progress("goes on where an earlier attempt stopped, whose clean-up failed");
  }
}
