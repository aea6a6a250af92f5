package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import java.time.Duration;

/**
 * The pod that looked at the disk, its claim and its volume are gone; the disk stays. Nothing may
 * have the disk mounted when the platform gets it.
 */
final class CloseDisk extends VolumeAction {
  /**
   * @param name of the action: it is a step, and a clean-up when another one failed
   */
  CloseDisk(VolumeTarget target, String name) {
    super(target, name, "take the restored disk out of our pod", true, Duration.ofMinutes(8));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    return context.fact(VolumeFacts.LOOKED_AT).isPresent()
            && new LookAtDisk(target, session, context).exists()
        ? Look.notYet("a pod of ours may have the disk mounted")
        : Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new LookAtDisk(target, session, context).close(context);
  }
}
