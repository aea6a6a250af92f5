package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import java.time.Duration;

/** A pod of ours has the restored disk mounted. */
final class OpenDisk extends VolumeAction {
  OpenDisk(VolumeTarget target) {
    super(
        target,
        "open-disk",
        "mount the restored disk in a pod of our own",
        true,
        Duration.ofMinutes(10));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    return new LookAtDisk(target, session, context).pod().runs()
        ? Look.alreadySo()
        : Look.notYet("no pod has the restored disk mounted");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    LookAtDisk look = new LookAtDisk(target, session, context);
    context.remember(VolumeFacts.LOOKED_AT, look.name());
    look.open(context);
  }
}
