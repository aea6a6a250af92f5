package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: the claim is as it was, bound to the old volume where that is still there. The restored
 * disk is kept, so that the cutover can be tried again.
 */
final class PutBackClaim extends VolumeAction {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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
    if (context.fact(VolumeFacts.REPLACED).isEmpty()) {
      return Look.alreadySo();
    }
    Optional<String> missing = missing(context, session);
    return missing.isEmpty() ? Look.alreadySo() : Look.notYet(missing.get());
  }

  private Optional<String> missing(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String claim = target.volume().claim();
    ClaimAndVolume now = ClaimAndVolume.read(session, claim);
    if (disk(context, session).exists(context)) {
      return Optional.of("the claim or the volume of the restored disk is there");
    }
    if (context.fact(VolumeFacts.OLD_CLAIM).orElse("").isEmpty()) {
      return Optional.empty();
    }
    if (now.claim().isEmpty() || now.phase().equals("Terminating")) {
      return Optional.of("the claim " + claim + " is " + now.phase());
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
    disk(context, session).remove(context);
    String text = context.fact(VolumeFacts.OLD_CLAIM).orElse("");
    if (text.isEmpty()) {
      return;
    }
    String claim = target.volume().claim();
    awaitEndOfOld(context, session, claim);
    releaseOldVolume(context, session);
    PersistentVolumeClaim old = OldClaim.parse(text);
    session.makeOnce(
        "create persistentvolumeclaims",
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(old)
                .create());
    Optional<String> left = Patience.await(context, PATIENCE, () -> missing(context, session));
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED, left.get(), "See 'kubectl describe pvc " + claim + "'.");
    }
  }

  /** A claim that was deleted goes when the last pod lets go of it. */
  private static void awaitEndOfOld(ActionContext context, ClusterSession session, String claim)
      throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            PATIENCE,
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

  /** A volume is bound to one claim object; for a new one of the same name it must forget it. */
  private static void releaseOldVolume(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String name = context.fact(VolumeFacts.OLD_VOLUME).orElse("");
    if (name.isEmpty() || ClaimAndVolume.volume(session, name).isEmpty()) {
      return;
    }
    new OwnedObject(session, ObjectKind.VOLUME, name)
        .change(
            context,
            (read, patch) -> {
              if (!"Released".equals(read.get("status", "phase"))) {
                return false;
              }
              patch.at("/spec/claimRef").putNull("uid").putNull("resourceVersion");
              return true;
            });
  }
}
