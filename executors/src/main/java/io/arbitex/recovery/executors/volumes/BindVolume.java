package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The claim of the old name is there again, bound to a volume of the restored disk. */
final class BindVolume extends VolumeAction {
  BindVolume(VolumeTarget target) {
    super(
        target,
        "bind-volume",
        "bind the claim to a volume of the restored disk",
        true,
        Duration.ofMinutes(5));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
    return now.isBound() && now.isFor(context.required(VolumeFacts.DISK))
        ? Look.alreadySo()
        : Look.notYet("the claim " + target.volume().claim() + " is " + now.phase());
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    context.remember(VolumeFacts.REPLACED, "true");
    Optional<PersistentVolumeClaim> old =
        context.fact(VolumeFacts.OLD_CLAIM).filter(text -> !text.isEmpty()).map(OldClaim::parse);
    new DiskVolume(
            session, target.store(), context.required(VolumeFacts.DISK), target.volume().claim())
        .bind(
            context,
            old.map(claim -> claim.getSpec().getAccessModes()).orElse(List.of("ReadWriteOnce")),
            old.map(PersistentVolumeClaim::getMetadata).orElseGet(ObjectMeta::new),
            old.map(claim -> claim.getSpec().getStorageClassName()).orElse(""),
            fileSystem(context, session));
  }

  private static Optional<String> fileSystem(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    return old.isEmpty()
        ? Optional.empty()
        : ClaimAndVolume.volume(session, old).flatMap(ClaimAndVolume::fileSystem);
  }
}
