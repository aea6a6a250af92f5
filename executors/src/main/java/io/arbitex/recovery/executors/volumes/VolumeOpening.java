package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.writers.StartWriters;
import io.arbitex.recovery.record.FailureCode;

/** The last look at the claim before the workloads write to what is behind it. */
final class VolumeOpening implements StartWriters.Opening {
  private final VolumeTarget target;

  VolumeOpening(VolumeTarget target) {
    this.target = target;
  }

  @Override
  public void refuseIfSound(ActionContext context) throws ActionFailure, InterruptedException {
    requireBound(context);
  }

  @Override
  public void open(ActionContext context) throws ActionFailure, InterruptedException {
    requireBound(context);
    try (ClusterSession session = target.access().open()) {
      new OwnedObject(session, ObjectKind.CLAIM, target.volume().claim())
          .change(
              context,
              (read, patch) -> {
                if (!context.required(VolumeFacts.DISK).equals(read.get("spec", "volumeName"))) {
                  throw replaced();
                }
                patch.note(RecoveryNotes.OPENED_BY, context.command().getCommandId());
                return true;
              });
    }
  }

  private void requireBound(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.access().open()) {
      ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
      if (!now.isBound() || !now.isFor(context.required(VolumeFacts.DISK))) {
        throw replaced();
      }
    }
  }

  private ActionFailure replaced() {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "the claim " + target.volume().claim() + " is not bound to the restored disk any more",
        "See who replaced it; nothing was started.");
  }
}
