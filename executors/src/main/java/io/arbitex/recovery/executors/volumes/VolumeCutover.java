package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.writers.AwaitWriters;
import io.arbitex.recovery.executors.writers.CheckWriters;
import io.arbitex.recovery.executors.writers.PauseRivals;
import io.arbitex.recovery.executors.writers.ReleaseRivals;
import io.arbitex.recovery.executors.writers.ResumeWriters;
import io.arbitex.recovery.executors.writers.StartWriters;
import io.arbitex.recovery.executors.writers.StopWriters;
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code cutover.volume}: see the package. */
public final class VolumeCutover {
  public static final String NAME = "cutover.volume";

  private VolumeCutover() {}

  public static Procedure of(VolumeTarget target) {
    Writers workloads = target.workloads();
    PauseRivals.Kept kept = session -> ClaimAndVolume.claim(session, target.volume().claim());
    PutBackClaim putBack = new PutBackClaim(target);
    return Procedure.named(NAME)
        .action(new CheckAccess(target, true))
        .action(new CheckVolume(target))
        .action(new TakeOver(target))
        .action(PauseRivals.takingOver(workloads, kept))
        .action(new RecheckVolume(target))
        .action(new CheckWriters(workloads, true))
        .action(new PauseRivals(workloads, kept))
        .action(new KeepOldVolume(target))
        .action(new StopWriters(workloads, CheckVolume::alreadyCutOver))
        .action(new FreeClaim(target))
        .action(new BindVolume(target))
        .pointOfNoReturn(
            new StartWriters(workloads, new VolumeOpening(target), CheckVolume::alreadyCutOver))
        .action(new AwaitWriters(workloads))
        .action(new ReleaseRivals(workloads, "release-rivals"))
        .onFailure(putBack)
        .onFailure(new ResumeWriters(workloads, putBack::requireDone))
        .onFailure(new ReleaseRivals(workloads, "let-rivals-go-on", putBack::requireDone))
        .publishing((command, facts, at) -> binding(target, command, facts, at))
        .build();
  }

  private static Binding binding(
      VolumeTarget target, StepCommand command, Map<String, String> facts, Instant at) {
    Map<String, String> bound = new LinkedHashMap<>();
    bound.put("volume", facts.get(VolumeFacts.DISK));
    bound.put(VolumeFacts.BOUND_DISK, facts.get(VolumeFacts.DISK_ID));
    bound.put("previous-volume", facts.getOrDefault(VolumeFacts.OLD_VOLUME, ""));
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource(target.volume().claim())
        .setEpoch(Long.parseLong(facts.get(VolumeFacts.EPOCH)))
        .setFacts(Facts.of(bound))
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }
}
