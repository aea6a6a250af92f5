package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A disk with the data of the chosen snapshot. The lost one is not touched. */
final class MakeDisk extends VolumeAction {
  MakeDisk(VolumeTarget target) {
    super(target, "make-disk", "make a disk from the snapshot", true, Duration.ofHours(1));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String disk = target.diskOf(context.command());
    Optional<MadeDisk> found = target.store().find(context, disk);
    if (found.isPresent() && !found.get().command().equals(Optional.of(command(context)))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is a disk " + disk + " that this recovery did not make",
          "See whose it is; it is not touched.");
    }
    return found
        .filter(MadeDisk::ready)
        .map(
            made ->
                Look.alreadySo(
                    Map.of(
                        VolumeFacts.DISK,
                        disk,
                        VolumeFacts.DISK_ID,
                        made.id(),
                        VolumeFacts.CAPACITY,
                        made.capacity(),
                        VolumeFacts.ZONES,
                        String.join(",", made.zones()))))
        .orElseGet(() -> Look.notYet("there is no disk " + disk + " that is ready"));
  }

  private static String command(ActionContext context) {
    return context.command().getCommandId();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<String> old = ClaimAndVolume.read(session, target.volume().claim()).handle();
    target
        .store()
        .make(
            context, target.diskOf(context.command()), context.required(VolumeFacts.SNAPSHOT), old);
  }
}
