package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.SetPreflight;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/** Clean-up: what this cutover scaled down is scaled back to what it was. */
final class RestartRedis extends RedisAction {
  RestartRedis(RedisTarget target) {
    super(
        target,
        "restart-redis",
        "scale Redis back to what it was",
        true,
        Duration.ofMinutes(5),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    if (StoppedRedis.isOurs(context, set.read())) {
      return Look.notYet("Redis is still held by this cutover");
    }
    return context.fact(RedisFacts.STOP_BEGUN).isPresent()
            && context.fact(RedisFacts.SET_CLAIMED).isEmpty()
        ? Look.notYet("an earlier owner could still scale it down")
        : Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    set.change(
        context,
        (read, patch) -> {
          patch.note(RecoveryNotes.OWNER, mine.text());
          return true;
        });
    context.remember(RedisFacts.SET_CLAIMED, "true");
    if (!StoppedRedis.isOurs(context, set.read())) {
      return;
    }
    String command = context.command().getCommandId();
    if (context.fact(RedisFacts.PUT_BACK).filter(command::equals).isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "Redis is not started, since its old data could not be put back",
          "Move what is in "
              + Staging.givenTo(target, context).oldData()
              + " back by hand, then scale "
              + target.redis().statefulSet()
              + " to "
              + CheckCutover.replicas(context)
              + ".");
    }
    set.change(
        context,
        (read, patch) -> {
          if (!StoppedRedis.isOurs(context, read)) {
            return false;
          }
          Optional<String> moving = MoveNote.of(read);
          if (moving.isPresent() && ScaledSet.wanted(read) == 0) {
            throw new MoveNote(set, Staging.givenTo(target, context))
                .leftInTheMiddle(read, moving.get());
          }
          if (ScaledSet.wanted(read) == 0) {
            GiveClaimBack.requireDone(read);
            patch.replicas(
                SetPreflight.parse(ScaledSet.note(read, RecoveryNotes.REPLICAS).orElseThrow()));
          }
          if (ScaledSet.wanted(read) > 0) {
            patch.without(RecoveryNotes.CLAIM_BEFORE).without(RecoveryNotes.CLAIM_GENERATION);
          }
          patch.without(RecoveryNotes.REPLICAS).note(RecoveryNotes.OWNER, mine.text());
          return true;
        });
  }
}
