package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the volume is gone, the claim is made anew, for an empty volume that its class makes. The
 * claim as it was stands on the StatefulSet before anything is deleted, and until Redis is started
 * on the new one: so clean-up, or an attempt after this one, knows what to give back.
 */
final class RenewClaim extends RedisAction {
  RenewClaim(RedisTarget target) {
    super(
        target,
        "renew-claim",
        "make the claim of a lost volume anew, for an empty one",
        true,
        Duration.ofMinutes(8),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<LostVolume> lost = LostVolume.of(context);
    if (lost.isEmpty()) {
      return Look.alreadySo();
    }
    return new NewClaim(session, target, lost.get()).isThere()
        ? Look.alreadySo()
        : Look.notYet(
            "the claim "
                + target.redis().claim()
                + " is for the volume "
                + lost.get().name()
                + ", which is gone");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    LostVolume lost = LostVolume.of(context).orElseThrow();
    refuseIfItIsBack(session, lost);
    StoppedRedis stopped = new StoppedRedis(session, target);
    stopped.require(context);
    keepClaim(context, session, lost);
    new NewClaim(session, target, lost).replaceOld(context);
    stopped.require(context);
    context.progress(
        "the volume "
            + lost.name()
            + " is gone: "
            + target.redis().claim()
            + " is made anew, for an empty one. Its disk, should it be there, is not touched");
  }

  /** A volume that somebody made again has newer data than any file. */
  static void refuseIfItIsBack(ClusterSession session, LostVolume lost)
      throws ActionFailure, InterruptedException {
    if (ClaimAndVolume.volume(session, lost.name()).isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "the volume " + lost.name() + " is there again, so its claim is not replaced",
          "See who made it, and whether Redis comes up on it.");
    }
  }

  private void keepClaim(ActionContext context, ClusterSession session, LostVolume lost)
      throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    new ScaledSet(session, target.redis().statefulSet())
        .change(
            context,
            (read, patch) -> {
              if (!StoppedRedis.isOurs(context, read) || ScaledSet.wanted(read) != 0) {
                throw StoppedRedis.scaledBySomebody(read);
              }
              patch.note(RecoveryNotes.CLAIM_BEFORE, lost.claim());
              patch.note(RecoveryNotes.CLAIM_GENERATION, GiveClaimBack.generation(read));
              patch.note(RecoveryNotes.OWNER, mine.text());
              return GiveClaimBack.mayHaveRun(read)
                  || !ScaledSet.note(read, RecoveryNotes.CLAIM_BEFORE)
                      .equals(Optional.of(lost.claim()));
            });
  }
}
