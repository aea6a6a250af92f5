package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The claim of Redis, made anew for an empty volume in the place of a lost one. A claim is only
 * deleted after our mark was put on it, and in the version that has our mark, so that whoever stood
 * still since an earlier look deletes nothing.
 */
final class NewClaim {
  /** Longer than pods' usual grace period and the detaching of a disk. */
  private static final Duration END = Duration.ofMinutes(3);

  private final ClusterSession session;
  private final String name;
  private final LostVolume lost;

  /** Which of the two a claim of the name is. */
  private enum Which {
    /** For the volume that is gone. */
    OLD,
    NEW,
    /** Somebody else made it. */
    THEIRS
  }

  /** Asked right before a claim is deleted; throws when it must not be. */
  @FunctionalInterface
  interface Check {
    void ask() throws ActionFailure, InterruptedException;
  }

  NewClaim(ClusterSession session, RedisTarget target, LostVolume lost) {
    this.session = session;
    this.name = target.redis().claim();
    this.lost = lost;
  }

  /** Whether it is there, and not on its way out. */
  boolean isThere() throws ActionFailure, InterruptedException {
    return isThere(Which.NEW);
  }

  /** Whether the one of before is there, and not on its way out. */
  boolean isOldThere() throws ActionFailure, InterruptedException {
    return isThere(Which.OLD);
  }

  private boolean isThere(Which wanted) throws ActionFailure, InterruptedException {
    ClaimAndVolume now = ClaimAndVolume.read(session, name);
    return now.claim().filter(found -> which(found) == wanted).isPresent()
        && !now.phase().equals("Terminating");
  }

  private Which which(PersistentVolumeClaim claim) {
    return which(claim, claim.getSpec().getVolumeName());
  }

  /** A lost one may have been made so itself, at an earlier loss. */
  private Which which(HasMetadata claim, Object volume) {
    if (lost.name().equals(volume)) {
      return Which.OLD;
    }
    return OwnedObject.note(claim, RecoveryNotes.MADE_EMPTY).isPresent() ? Which.NEW : Which.THEIRS;
  }

  /**
   * Deletes the one of before, and makes the new one.
   *
   * @throws ActionFailure NOT_CONFIRMED when pods have it, or when it is neither of the two
   */
  void replaceOld(ActionContext context) throws ActionFailure, InterruptedException {
    // Bound again since the first look: then its volume would go with it.
    delete(context, Which.OLD, () -> RenewClaim.refuseIfItIsBack(session, lost));
    PersistentVolumeClaim before = OldClaim.parse(lost.claim());
    create(
        new PersistentVolumeClaimBuilder(before)
            .editMetadata()
            .addToAnnotations(RecoveryNotes.MADE_EMPTY, context.command().getCommandId())
            .addToAnnotations(RecoveryNotes.OWNER, OwnerMark.of(context).text())
            .endMetadata()
            .editSpec()
            .withVolumeName(null)
            .withDataSource(null)
            .withDataSourceRef(null)
            .endSpec()
            .build());
  }

  /**
   * Deletes the new one with its volume, and makes the one of before, which waits for what is gone.
   *
   * @param check asked before anything, and once more right before the deletion
   * @throws ActionFailure as above
   */
  void giveOldBack(ActionContext context, Check check) throws ActionFailure, InterruptedException {
    check.ask();
    delete(context, Which.NEW, check);
    if (isOldThere()) {
      // Whoever stood still before its deletion may delete it no more.
      new OwnedObject(session, ObjectKind.CLAIM, name).claim(context);
      return;
    }
    create(
        new PersistentVolumeClaimBuilder(OldClaim.parse(lost.claim()))
            .editMetadata()
            .addToAnnotations(RecoveryNotes.COMMAND, context.command().getCommandId())
            .addToAnnotations(RecoveryNotes.OWNER, OwnerMark.of(context).text())
            .endMetadata()
            .build());
  }

  /**
   * Refuses a volume that was there before the claim: somebody made it for a disk that has data.
   *
   * @throws ActionFailure NOT_CONFIRMED saying so
   */
  void requireNewVolume() throws ActionFailure, InterruptedException {
    if (!hasNewVolume()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the claim " + name + " got a volume that was there before it and may have data",
          "See who made that volume. If Redis is to run on it, scale it by hand; if not, keep the"
              + " volume (reclaim policy Retain), delete the claim and retry.");
    }
  }

  /** Whether what it has, if it has any by now, was made for it. */
  boolean hasNewVolume() throws ActionFailure, InterruptedException {
    ClaimAndVolume now = ClaimAndVolume.read(session, name);
    return now.claim().isEmpty()
        || now.volume().isEmpty()
        || which(now.claim().get()) != Which.NEW
        || !made(now.volume().get()).isBefore(made(now.claim().get()));
  }

  private static Instant made(HasMetadata object) {
    return Instant.parse(object.getMetadata().getCreationTimestamp());
  }

  private void create(PersistentVolumeClaim claim) throws ActionFailure, InterruptedException {
    session.makeOnce(
        "create persistentvolumeclaims",
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(claim)
                .create());
  }

  private void delete(ActionContext context, Which meant, Check check)
      throws ActionFailure, InterruptedException {
    Optional<PersistentVolumeClaim> found = ClaimAndVolume.claim(session, name);
    Optional<Which> now = found.map(this::which);
    if (now.isEmpty() || (now.get() != meant && now.get() != Which.THEIRS)) {
      return;
    }
    refuseAnother(meant, now.get());
    if (meant == Which.NEW) {
      requireNewVolume();
    }
    awaitUnused(context);
    new OwnedObject(session, ObjectKind.CLAIM, name)
        .change(
            context,
            (read, patch) -> {
              refuseAnother(meant, which(read, read.get("spec", "volumeName")));
              return true;
            });
    Optional<PersistentVolumeClaim> marked = ClaimAndVolume.claim(session, name);
    if (marked.isEmpty()) {
      return;
    }
    refuseAnother(meant, which(marked.get()));
    check.ask();
    session.find(
        "delete persistentvolumeclaims/" + name,
        client ->
            client
                .persistentVolumeClaims()
                .inNamespace(session.namespace())
                .resource(marked.get())
                .lockResourceVersion(marked.get().getMetadata().getResourceVersion())
                .delete());
    awaitGone(context, marked.get().getMetadata().getUid());
  }

  private void refuseAnother(Which meant, Which now) throws ActionFailure {
    if (now != meant) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody has changed the claim " + name + " in the middle of the cutover",
          "See who, and which volume it is for; it was not deleted.");
    }
  }

  /** A claim that a pod has hangs in Terminating, and cannot be taken back. */
  private void awaitUnused(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> pods =
        Patience.await(
            context,
            END,
            () -> {
              List<String> users = ClaimAndVolume.users(session, name);
              return users.isEmpty() ? Optional.empty() : Optional.of(users.toString());
            });
    if (pods.isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the claim " + name + " is still in use by the pods " + pods.get(),
          "End these pods, then retry.");
    }
  }

  private void awaitGone(ActionContext context, String uid)
      throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            END,
            () -> {
              boolean gone =
                  ClaimAndVolume.claim(session, name)
                      .filter(each -> uid.equals(each.getMetadata().getUid()))
                      .isEmpty();
              return gone
                  ? Optional.empty()
                  : Optional.of("pods have it: " + ClaimAndVolume.users(session, name));
            });
    if (left.isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the claim " + name + " does not go away; " + left.get(),
          "End these pods, then retry.");
    }
  }
}
