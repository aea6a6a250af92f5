package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.time.Duration;
import java.util.Optional;

/**
 * The old volume outlives its claim: with the reclaim policy Delete, which is the usual one, its
 * disk would go with it (design, section 10). It stays so, whatever becomes of the cutover. Its
 * claim as it was is kept on it, for an attempt that comes after this one.
 */
final class KeepOldVolume extends VolumeAction {
  private static final String RETAIN = "Retain";

  KeepOldVolume(VolumeTarget target) {
    super(
        target,
        "keep-old-volume",
        "let the old volume and its disk outlive the claim",
        true,
        Duration.ofMinutes(2));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<PersistentVolume> old = old(context, session);
    if (old.isEmpty() || CheckVolume.alreadyCutOver(context)) {
      return Look.alreadySo();
    }
    String name = old.get().getMetadata().getName();
    String policy = old.get().getSpec().getPersistentVolumeReclaimPolicy();
    if (!RETAIN.equals(policy)) {
      return Look.notYet("the volume " + name + " would be deleted with its claim: " + policy);
    }
    return OwnedObject.note(old.get(), RecoveryNotes.REPLACED_BY)
            .equals(context.fact(VolumeFacts.DISK))
        ? Look.alreadySo()
        : Look.notYet("the volume " + name + " does not say what replaces it");
  }

  private static Optional<PersistentVolume> old(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String name = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    return name.isEmpty() ? Optional.empty() : ClaimAndVolume.volume(session, name);
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new OwnedObject(session, ObjectKind.VOLUME, context.required(VolumeFacts.OLD_VOLUME))
        .change(
            context,
            (read, patch) -> {
              patch.at("/spec").put("persistentVolumeReclaimPolicy", RETAIN);
              patch.note(RecoveryNotes.REPLACED_BY, context.required(VolumeFacts.DISK));
              patch.note(RecoveryNotes.CLAIM_BEFORE, context.required(VolumeFacts.OLD_CLAIM));
              return true;
            });
  }
}
