package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.AccessRights;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaleRivals;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Preflight: the disk is there, no later cutover has happened, and no StatefulSet would delete its
 * claims when it is stopped. What stands behind the claim now is kept, so that it can be put back;
 * where an earlier attempt has replaced the claim and could not put it back, what stood there
 * before it.
 */
final class CheckVolume extends VolumeAction {
  CheckVolume(VolumeTarget target) {
    super(
        target,
        "check-volume",
        "check the restored disk and the claim that it is for",
        false,
        Duration.ofMinutes(3));
  }

  /** Whether an earlier attempt has done this very cutover. */
  static boolean alreadyCutOver(ActionContext context) {
    return context.fact(VolumeFacts.ALREADY).filter("true"::equals).isPresent();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String disk = context.required(VolumeFacts.DISK);
    if (target.store().find(context, disk).filter(MadeDisk::ready).isEmpty()) {
      throw refused(
          "there is no disk " + disk + " that is ready",
          "Let a restore make one and pass its proof first.");
    }
    refuseDeletedClaims(session);
    ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
    refuseBlock(now);
    if (now.claim().isPresent()) {
      List<Right> toPause =
          new ScaleRivals(session)
              .pausable(now.claim().get()).stream().map(Right::toPause).toList();
      new AccessRights(session, toPause).refuseIfMissing();
    }
    long epoch = Long.parseLong(context.required(VolumeFacts.SOURCE_EPOCH));
    long known = target.bound().get().map(Bound::epoch).orElse(epoch);
    boolean already = now.isFor(disk) && now.note(RecoveryNotes.OPENED_BY).isPresent();
    if (!already && known > epoch) {
      throw refused(
          "a later cutover has happened: the binding is at epoch "
              + known
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(VolumeFacts.ALREADY, Boolean.toString(already));
    facts.put(VolumeFacts.EPOCH, Long.toString(already && known > epoch ? known : epoch + 1));
    facts.putAll(old(session, now, disk));
    if (already) {
      facts.remove(VolumeFacts.REPLACED);
    }
    return Look.alreadySo(facts);
  }

  private Map<String, String> old(ClusterSession session, ClaimAndVolume now, String disk)
      throws ActionFailure, InterruptedException {
    if (now.claim().isEmpty() || now.isFor(disk)) {
      Optional<String> before = before(session, disk);
      if (before.isPresent()) {
        String volume = OldClaim.parse(before.get()).getSpec().getVolumeName();
        return Map.of(
            VolumeFacts.REPLACED,
            "true",
            VolumeFacts.OLD_VOLUME,
            volume == null ? "" : volume,
            VolumeFacts.OLD_CLAIM,
            before.get());
      }
    }
    Optional<PersistentVolumeClaim> claim = now.isFor(disk) ? Optional.empty() : now.claim();
    return Map.of(
        VolumeFacts.OLD_VOLUME,
        claim.map(found -> found.getSpec().getVolumeName()).orElse(""),
        VolumeFacts.OLD_CLAIM,
        claim.map(OldClaim::text).orElse(""));
  }

  /** The claim as it was before an earlier attempt; it stands on both volumes. */
  private static Optional<String> before(ClusterSession session, String disk)
      throws ActionFailure, InterruptedException {
    Optional<PersistentVolume> old = ClaimAndVolume.replacedBy(session, disk);
    Optional<PersistentVolume> kept = old.isPresent() ? old : ClaimAndVolume.volume(session, disk);
    return kept.flatMap(volume -> OwnedObject.note(volume, RecoveryNotes.CLAIM_BEFORE))
        .filter(text -> !text.isEmpty());
  }

  private static void refuseBlock(ClaimAndVolume now) throws ActionFailure {
    if (now.claim().filter(each -> "Block".equals(each.getSpec().getVolumeMode())).isPresent()) {
      throw refused(
          "the claim is of a raw device (volumeMode: Block)",
          "Only volumes with a file system are replaced here.");
    }
  }

  private void refuseDeletedClaims(ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Workload each : target.volume().workloads()) {
      if (each.kind() == Workload.Kind.STATEFULSET
          && "Delete"
              .equals(
                  new OwnedObject(session, ObjectKind.STATEFULSET, each.name())
                      .read()
                      .get("spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"))) {
        throw refused(
            "scaling " + each.name() + " down deletes its claims (whenScaled: Delete)",
            "Set persistentVolumeClaimRetentionPolicy.whenScaled to Retain, then retry.");
      }
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
