package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Clean-up: the disk of a restore that failed is gone. One that a volume uses is not touched. */
final class DeleteDisk extends VolumeAction {
  DeleteDisk(VolumeTarget target) {
    super(target, "delete-disk", "delete the unproven disk", true, Duration.ofMinutes(10));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String disk = target.diskOf(context.command());
    Optional<String> ours = Optional.of(context.command().getCommandId());
    return target.store().find(context, disk).filter(at -> at.command().equals(ours)).isPresent()
        ? Look.notYet("the disk " + disk + " is there")
        : Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String disk = target.diskOf(context.command());
    // A cutover names its volume like the disk; and this may come late.
    for (String volume : List.of(disk, VolumeTarget.workName(context.command()))) {
      if (ClaimAndVolume.volume(session, volume).isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            "the volume " + volume + " uses the disk " + disk + "; it is not deleted",
            "Use it, or delete both by hand.");
      }
    }
    target.store().delete(context, disk);
  }
}
