package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.AccessRights;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A volume object of Redis that is gone, and the claim that was for it. Its disk may be there all
 * the same: nothing here touches it. Without the object no pod can have it, so there is nothing to
 * prepare on; a new, empty volume takes its place, and what is restored is put there.
 *
 * @param name of the volume
 * @param claim as it was, in JSON
 */
record LostVolume(String name, String claim) {
  /**
   * Looks for it. A claim that merely waits is none: somebody may be putting it right by hand.
   *
   * @return empty while the claim may still get what it is for
   * @throws ActionFailure PREFLIGHT when a new one cannot be made in its place
   */
  static Optional<LostVolume> find(ClusterSession session, RedisTarget target)
      throws ActionFailure, InterruptedException {
    Optional<PersistentVolumeClaim> claim =
        session.find(
            "get persistentvolumeclaims/" + target.redis().claim(),
            client ->
                client
                    .persistentVolumeClaims()
                    .inNamespace(session.namespace())
                    .withName(target.redis().claim())
                    .get());
    Optional<String> text =
        claim.isPresent()
            ? claim.filter(LostVolume::mayHaveLostIt).map(OldClaim::text)
            : ScaledSet.note(
                new ScaledSet(session, target.redis().statefulSet()).read(),
                RecoveryNotes.CLAIM_BEFORE);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    new AccessRights(session, List.of(Right.to("list", ObjectKind.VOLUME))).refuseIfMissing();
    PersistentVolumeClaim before = OldClaim.parse(text.get());
    String volume = before.getSpec().getVolumeName();
    if (ClaimAndVolume.volume(session, volume).isPresent()) {
      if (claim.isEmpty()) {
        throw refused(
            "a recovery has deleted the claim "
                + target.redis().claim()
                + ", and its volume "
                + volume
                + " is there again",
            "Make the claim again by hand, as the annotation "
                + RecoveryNotes.CLAIM_BEFORE
                + " of the StatefulSet has it, then retry.");
      }
      return Optional.empty();
    }
    refuseUnlessItCanBeMadeAnew(before);
    refuseIfOneIsReserved(session, target.redis().claim());
    return Optional.of(new LostVolume(volume, text.get()));
  }

  /** One that a recovery gave back waits for a volume that is gone, which nobody calls Lost. */
  private static boolean mayHaveLostIt(PersistentVolumeClaim claim) {
    String phase = new ClaimAndVolume(Optional.of(claim), Optional.empty()).phase();
    boolean givenBack =
        phase.equals("Pending") && OwnedObject.note(claim, RecoveryNotes.COMMAND).isPresent();
    String volume = claim.getSpec().getVolumeName();
    return volume != null && !volume.isEmpty() && (phase.equals("Lost") || givenBack);
  }

  private static void refuseUnlessItCanBeMadeAnew(PersistentVolumeClaim before)
      throws ActionFailure {
    String name = before.getMetadata().getName();
    if ("".equals(before.getSpec().getStorageClassName())
        || before.getSpec().getSelector() != null) {
      throw refused(
          "the volume of the claim " + name + " is gone, and no class makes another for it",
          "Make a volume and the claim for it by hand, then retry.");
    }
    if (before.getSpec().getAccessModes().contains("ReadWriteOncePod")) {
      throw refused(
          "the claim " + name + " lets in one pod only (ReadWriteOncePod)",
          "A second pod must work on it: use ReadWriteOnce.");
    }
    if ("Block".equals(before.getSpec().getVolumeMode())) {
      throw refused(
          "the claim " + name + " is of a raw device (volumeMode: Block)",
          "Only volumes with a file system are recovered here.");
    }
  }

  /** Somebody is about to give it a disk that is there; the new claim would get that. */
  private static void refuseIfOneIsReserved(ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    List<String> reserved = ClaimAndVolume.reservedFor(session, claim);
    if (!reserved.isEmpty()) {
      throw refused(
          "the volume of the claim " + claim + " is gone, and " + reserved + " is reserved for it",
          "See who made that, and whether it has the data of Redis; bind it, or delete it.");
    }
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }

  /** What a preflight says of it; the same names, empty, where none is lost. */
  static Map<String, String> facts(Optional<LostVolume> found) {
    return Map.of(
        RedisFacts.LOST_VOLUME, found.map(LostVolume::name).orElse(""),
        RedisFacts.LOST_CLAIM, found.map(LostVolume::claim).orElse(""));
  }

  /** What this procedure's preflight found. */
  static Optional<LostVolume> of(ActionContext context) {
    return context
        .fact(RedisFacts.LOST_VOLUME)
        .filter(name -> !name.isEmpty())
        .map(name -> new LostVolume(name, context.required(RedisFacts.LOST_CLAIM)));
  }
}
