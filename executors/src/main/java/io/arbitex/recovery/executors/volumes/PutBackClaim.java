package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Clean-up: the claim is as it was, bound to the old volume where that is still there. The restored
 * disk is kept, so that the cutover can be tried again.
 */
final class PutBackClaim extends VolumeAction {
  PutBackClaim(VolumeTarget target) {
    super(
        target,
        "put-back-claim",
        "bind the claim to the old volume again",
        true,
        Duration.ofMinutes(8));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (isReplaced(context)) {
      Optional<String> missing = missing(context, session);
      if (missing.isPresent()) {
        return Look.notYet(missing.get());
      }
    }
    return isNoted(context, session)
        ? Look.notYet("the old volume still says that it is being replaced")
        : Look.alreadySo();
  }

  private static boolean isNoted(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    return !old.isEmpty()
        && !CheckVolume.alreadyCutOver(context)
        && ClaimAndVolume.volume(session, old)
            .flatMap(found -> OwnedObject.note(found, RecoveryNotes.REPLACED_BY))
            .filter(context.required(VolumeFacts.DISK)::equals)
            .isPresent();
  }

  private static boolean isReplaced(ActionContext context) {
    return context.fact(VolumeFacts.REPLACED).isPresent() && !CheckVolume.alreadyCutOver(context);
  }

  /**
   * Refuses to start workloads on anything but what they had before.
   *
   * @throws ActionFailure NOT_CONFIRMED saying what they would find
   */
  void requireDone(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.access().open()) {
      if (isReplaced(context)) {
        Optional<String> missing = missing(context, session);
        if (missing.isPresent()) {
          throw ActionFailure.permanent(
              FailureCode.NOT_CONFIRMED,
              missing.get(),
              "Put the claim right, then retry: the workloads stay at 0 until then.");
        }
      }
    }
  }

  private Optional<String> missing(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String claim = target.volume().claim();
    ClaimAndVolume now = ClaimAndVolume.read(session, claim);
    if (disk(context, session).exists()) {
      return Optional.of("the claim or the volume of the restored disk is there");
    }
    if (context.fact(VolumeFacts.OLD_CLAIM).orElse("").isEmpty()) {
      return Optional.empty();
    }
    if (now.claim().isEmpty() || now.phase().equals("Terminating")) {
      return Optional.of("the claim " + claim + " is " + now.phase());
    }
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    if (!old.isEmpty() && !now.isFor(old)) {
      return Optional.of("the claim " + claim + " is not for the old volume " + old);
    }
    return now.volume().isPresent() && !now.isBound()
        ? Optional.of("the claim " + claim + " is " + now.phase())
        : Optional.empty();
  }

  private DiskVolume disk(ActionContext context, ClusterSession session) throws ActionFailure {
    return new DiskVolume(
        session, target.store(), context.required(VolumeFacts.DISK), target.volume().claim());
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (isReplaced(context)) {
      refuseIfUsed(context, session);
      refuseIfTheirs(context, session);
      disk(context, session).remove(context);
      String text = context.fact(VolumeFacts.OLD_CLAIM).orElse("");
      if (!text.isEmpty()) {
        bindOld(context, session, text);
      }
    }
    if (isNoted(context, session)) {
      new OwnedObject(session, ObjectKind.VOLUME, context.required(VolumeFacts.OLD_VOLUME))
          .change(
              context,
              (read, patch) -> {
                // Its disk is the component's again, and is asked for before the next cutover.
                patch.without(RecoveryNotes.REPLACED_BY).without(RecoveryNotes.CLAIM_BEFORE);
                return true;
              });
    }
  }

  private void bindOld(ActionContext context, ClusterSession session, String text)
      throws ActionFailure, InterruptedException {
    String claim = target.volume().claim();
    awaitEndOfOld(context, session, claim);
    releaseOldVolume(context, session, claim);
    PersistentVolumeClaim old = OldClaim.parse(text);
    session.makeOnce(
        "create persistentvolumeclaims",
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(old)
                .create());
    Optional<String> left =
        Patience.await(context, target.patience(), () -> missing(context, session));
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED, left.get(), "See 'kubectl describe pvc " + claim + "'.");
    }
  }

  /** Whoever was started on the restored disk has written there what is nowhere else. */
  private void refuseIfUsed(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String claim = target.volume().claim();
    List<String> users =
        ClaimAndVolume.read(session, claim).isFor(context.required(VolumeFacts.DISK))
            ? ClaimAndVolume.users(session, claim)
            : List.of();
    if (!users.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody started pods on the restored disk, so it stays theirs: " + users,
          "Retry, to end the cutover; or end these pods, and what they wrote is given up.");
    }
  }

  /** A claim that is for neither volume somebody else has made since. */
  private void refuseIfTheirs(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ClaimAndVolume now = ClaimAndVolume.read(session, target.volume().claim());
    String old = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    if (now.claim().isPresent()
        && !now.phase().equals("Terminating")
        && !now.isFor(context.required(VolumeFacts.DISK))
        && !old.isEmpty()
        && !now.isFor(old)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody made the claim " + target.volume().claim() + " anew, for another volume",
          "See who, and which volume the workloads are to have; they are at 0.");
    }
  }

  /** A claim that was deleted goes when the last pod lets go of it. */
  private void awaitEndOfOld(ActionContext context, ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            target.patience(),
            () ->
                ClaimAndVolume.read(session, claim).phase().equals("Terminating")
                    ? Optional.of(ClaimAndVolume.users(session, claim).toString())
                    : Optional.empty());
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED,
          "the claim " + claim + " hangs in Terminating; pods have it: " + left.get(),
          "End these pods: the claim is then made again on the old volume by a retry.");
    }
  }

  private static void releaseOldVolume(ActionContext context, ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    String name = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    if (!name.isEmpty() && ClaimAndVolume.volume(session, name).isPresent()) {
      ClaimAndVolume.letGo(context, session, name, claim);
    }
  }
}
