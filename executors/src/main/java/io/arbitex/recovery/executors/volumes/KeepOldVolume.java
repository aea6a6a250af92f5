package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.time.Duration;
import java.util.Optional;

/**
 * The old volume outlives its claim: with the reclaim policy Delete, which is the usual one, its
 * disk would go with it (design, section 10). It stays so, whatever becomes of the cutover.
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
    return old.isEmpty() || RETAIN.equals(old.get().getSpec().getPersistentVolumeReclaimPolicy())
        ? Look.alreadySo()
        : Look.notYet(
            "the volume "
                + old.get().getMetadata().getName()
                + " would be deleted with its claim: "
                + old.get().getSpec().getPersistentVolumeReclaimPolicy());
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
              return true;
            });
  }
}
