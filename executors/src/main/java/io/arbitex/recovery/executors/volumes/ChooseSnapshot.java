package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Preflight: the newest complete snapshot that was taken before the volume was bad. What it would
 * lose is held against the RPO before the cutover.
 */
final class ChooseSnapshot extends VolumeAction {
  ChooseSnapshot(VolumeTarget target) {
    super(
        target, "choose-snapshot", "choose the snapshot to restore", false, Duration.ofMinutes(3));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Instant badSince = Instant.parse(context.required(VolumeFacts.BAD_SINCE));
    List<String> excluded = List.of(context.fact(VolumeFacts.EXCLUDE).orElse("").split(",", -1));
    List<Snapshot> all = new ArrayList<>(target.store().snapshots(context));
    all.sort(Comparator.comparing(Snapshot::takenAt).reversed());
    List<String> rejected = new ArrayList<>();
    for (Snapshot each : all) {
      if (!each.takenAt().isBefore(badSince)) {
        rejected.add(each.name() + " was taken at " + each.takenAt() + ", when it was bad already");
      } else if (excluded.contains(each.name())) {
        rejected.add(each.name() + " failed a proof before");
      } else if (each.unfit().isPresent()) {
        rejected.add(each.name() + ": " + each.unfit().get());
      } else {
        return Look.alreadySo(facts(each, rejected));
      }
    }
    throw ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        "no snapshot of "
            + target.component()
            + " from before "
            + badSince
            + " can be restored"
            + (rejected.isEmpty() ? "" : ": " + String.join("; ", rejected)),
        "See whether the backup service takes them, and by which tags.");
  }

  private static Map<String, String> facts(Snapshot chosen, List<String> rejected) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(VolumeFacts.POINT, chosen.name());
    facts.put(VolumeFacts.SNAPSHOT, chosen.name());
    facts.put(VolumeFacts.SOURCE_DISK, chosen.source());
    facts.put(VolumeFacts.TAKEN_AT, chosen.takenAt().toString());
    facts.put(VolumeFacts.REJECTED, String.join("; ", rejected));
    return facts;
  }
}
