package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The claim of the old volume is gone. It is deleted only when no pod has it any more and its disk
 * is detached: a claim that somebody still has hangs in Terminating, and cannot be taken back. Its
 * finalizer is never touched.
 */
final class FreeClaim extends VolumeAction {
  FreeClaim(VolumeTarget target) {
    super(target, "free-claim", "delete the claim of the old volume", true, Duration.ofMinutes(8));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
    return now.claim().isEmpty() || now.isFor(context.required(VolumeFacts.DISK))
        ? Look.alreadySo()
        : Look.notYet("the claim " + target.volume().claim() + " is " + now.phase());
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    target.workloads().requireStopped(context);
    String name = target.volume().claim();
    await(context, "is still in use", () -> inUse(context, session));
    Optional<PersistentVolumeClaim> found = ClaimAndVolume.claim(session, name);
    if (found.isEmpty()) {
      return;
    }
    if (found.get().getMetadata().getDeletionTimestamp() == null) {
      delete(context, session, name);
    }
    await(
        context,
        "does not go away",
        () ->
            ClaimAndVolume.claim(session, name).isEmpty()
                ? Optional.empty()
                : Optional.of(users(session)));
  }

  private void delete(ActionContext context, ClusterSession session, String name)
      throws ActionFailure, InterruptedException {
    refuseIfNotKept(context, session);
    new OwnedObject(session, ObjectKind.CLAIM, name)
        .change(
            context,
            (read, patch) -> {
              refuseAnother(context, name, read.get("spec", "volumeName"));
              return true;
            });
    Optional<PersistentVolumeClaim> found = ClaimAndVolume.claim(session, name);
    if (found.isEmpty()) {
      return;
    }
    PersistentVolumeClaim marked = found.get();
    refuseAnother(context, name, marked.getSpec().getVolumeName());
    context.remember(VolumeFacts.REPLACED, "true");
    session.find(
        "delete persistentvolumeclaims/" + name,
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(marked)
                .lockResourceVersion(marked.getMetadata().getResourceVersion())
                .delete());
  }

  /** Only the volume that was looked at is kept; another one could be deleted with its claim. */
  private static void refuseAnother(ActionContext context, String claim, Object volume)
      throws ActionFailure {
    String now = volume == null ? "" : volume.toString();
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    if (!now.equals(old)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody has changed the claim "
              + claim
              + " in the middle of the cutover: it was for the volume '"
              + old
              + "' and is for '"
              + now
              + "'",
          "See who replaced it; it was not deleted.");
    }
  }

  /** Somebody may have set it back since the action before. */
  private static void refuseIfNotKept(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    Optional<PersistentVolume> volume =
        old.isEmpty() ? Optional.empty() : ClaimAndVolume.volume(session, old);
    if (volume.isPresent()
        && !"Retain".equals(volume.get().getSpec().getPersistentVolumeReclaimPolicy())) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the volume " + old + " would be deleted with its claim",
          "See who set its reclaim policy back; the claim was not deleted.");
    }
  }

  private Optional<String> inUse(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String pods = users(session);
    if (!pods.isEmpty()) {
      return Optional.of(pods);
    }
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    boolean attached =
        !old.isEmpty()
            && session
                .ask(
                    "list volumeattachments.storage.k8s.io",
                    client -> client.storage().v1().volumeAttachments().list().getItems())
                .stream()
                .anyMatch(each -> old.equals(each.getSpec().getSource().getPersistentVolumeName()));
    return attached ? Optional.of("the volume " + old + " is attached") : Optional.empty();
  }

  private String users(ClusterSession session) throws ActionFailure, InterruptedException {
    List<String> pods = ClaimAndVolume.users(session, target.volume().claim());
    return pods.isEmpty() ? "" : "by the pods " + String.join(", ", pods);
  }

  private void await(ActionContext context, String what, Patience.Lack lack)
      throws ActionFailure, InterruptedException {
    Optional<String> left = Patience.await(context, target.patience(), lack);
    if (left.isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the claim "
              + target.volume().claim()
              + " "
              + what
              + (left.get().isEmpty() ? "" : ": " + left.get()),
          "End these pods, or let whoever has the disk attached let go of it; then retry.");
    }
  }
}
