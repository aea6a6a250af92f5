package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OldClaim;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: the claim is again for the volume that is gone. Redis waits for it then, as it did
 * before: it does not come up on an empty volume, as if that were its data.
 */
final class GiveClaimBack extends RedisAction {
  GiveClaimBack(RedisTarget target) {
    super(
        target,
        "give-claim-back",
        "make the claim as it was before",
        true,
        Duration.ofMinutes(8),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    StatefulSet read = new ScaledSet(session, target.redis().statefulSet()).read();
    return isDue(context, read)
        ? Look.notYet("the claim " + target.redis().claim() + " was made anew, or was about to be")
        : Look.alreadySo();
  }

  /**
   * Whether somebody changed the set since its claim was made anew: scaled it up and down again,
   * perhaps, so that users wrote to the new volume. Every change of its spec counts one on.
   */
  static boolean mayHaveRun(StatefulSet read) {
    return kept(read).isPresent()
        && !ScaledSet.note(read, RecoveryNotes.CLAIM_GENERATION)
            .equals(Optional.of(generation(read)));
  }

  private void refuseIfRedisMayHaveRun(StatefulSet read) throws ActionFailure {
    if (mayHaveRun(read)) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody changed "
              + target.redis().statefulSet()
              + " since its claim was made anew, so Redis may have run on it: it is not deleted",
          "See what is on it. To let Redis run on it, scale it by hand.");
    }
  }

  static String generation(StatefulSet read) {
    return String.valueOf(read.getMetadata().getGeneration());
  }

  /**
   * Whether this command made the claim anew, or took such a one over, and Redis has none of it.
   */
  static boolean isDue(ActionContext context, StatefulSet read) throws ActionFailure {
    return kept(read).isPresent() && StoppedRedis.isOurs(context, read);
  }

  /**
   * Refuses to start Redis on a volume that only this cutover has made.
   *
   * @throws ActionFailure NOT_CONFIRMED saying so
   */
  static void requireDone(StatefulSet read) throws ActionFailure {
    if (kept(read).isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "Redis is not started: its claim was made anew, for an empty volume",
          "Retry, which goes on; or scale it by hand, and it starts cold.");
    }
  }

  /**
   * What the claim was before. Gone with the first start on the new one, so there is nothing of it
   * to give back then.
   */
  static Optional<LostVolume> kept(StatefulSet read) {
    return ScaledSet.note(read, RecoveryNotes.CLAIM_BEFORE)
        .map(text -> new LostVolume(OldClaim.parse(text).getSpec().getVolumeName(), text));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    Optional<LostVolume> lost = kept(set.read());
    if (lost.isEmpty()) {
      return;
    }
    StoppedRedis stopped = new StoppedRedis(session, target);
    NewClaim claim = new NewClaim(session, target, lost.get());
    claim.giveOldBack(
        context,
        () -> {
          stopped.require(context);
          refuseIfRedisMayHaveRun(set.read());
        });
    if (!claim.isOldThere()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED,
          "the claim " + target.redis().claim() + " is not as it was yet",
          "See 'kubectl describe pvc " + target.redis().claim() + "'.");
    }
    OwnerMark mine = OwnerMark.of(context);
    set.change(
        context,
        (read, patch) -> {
          patch.without(RecoveryNotes.CLAIM_BEFORE).without(RecoveryNotes.CLAIM_GENERATION);
          patch.without(RecoveryNotes.MOVING);
          patch.note(RecoveryNotes.OWNER, mine.text());
          return kept(read).isPresent();
        });
  }
}
