package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Redis is scaled to what it was, on the restored data. From here on clients write to it, so it is
 * the point of no return.
 */
final class StartRedis extends RedisAction {
  StartRedis(RedisTarget target) {
    super(
        target,
        "start-redis",
        "start Redis on the restored data",
        true,
        Duration.ofMinutes(5),
        PATIENT);
  }

  private static boolean startedFrom(Staging staging, StatefulSet read) {
    return ScaledSet.wanted(read) > 0
        && ScaledSet.note(read, RecoveryNotes.STARTED_FROM)
            .filter(staging.id()::equals)
            .isPresent();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    StatefulSet read = new ScaledSet(session, target.redis().statefulSet()).read();
    return startedFrom(Staging.givenTo(target, context), read)
        ? Look.alreadySo()
        : Look.notYet("Redis is not started on the restored data");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    int replicas = CheckCutover.replicas(context);
    new StoppedRedis(session, target).require(context);
    CheckNewVolume.require(session, target);
    barOthersFromTheClaim(context, session);
    // Its claim may be mounted on one node only, and Redis may be scheduled to another.
    new WorkPod(session, staging.podPlan()).remove(context);
    OwnerMark mine = OwnerMark.of(context);
    new ScaledSet(session, target.redis().statefulSet())
        .change(
            context,
            (read, patch) -> {
              if (startedFrom(staging, read)) {
                return false;
              }
              if (!StoppedRedis.isOurs(context, read) || ScaledSet.wanted(read) != 0) {
                throw StoppedRedis.scaledBySomebody(read);
              }
              patch.replicas(replicas).note(RecoveryNotes.STARTED_FROM, staging.id());
              // By the same patch: from here on the new claim has data of its own.
              patch.without(RecoveryNotes.CLAIM_BEFORE).without(RecoveryNotes.CLAIM_GENERATION);
              patch.note(RecoveryNotes.OWNER, mine.text());
              return true;
            });
  }

  /** Whoever stood still since an attempt before this one may delete the claim no more. */
  private void barOthersFromTheClaim(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    StatefulSet read = new ScaledSet(session, target.redis().statefulSet()).read();
    if (GiveClaimBack.kept(read).isPresent()) {
      new OwnedObject(session, ObjectKind.CLAIM, target.redis().claim()).claim(context);
    }
  }

  /** A newer mark keeps an earlier try that stood still from scaling after this answer. */
  @Override
  public boolean ruledOut(ActionContext context) throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    AtomicBoolean stands = new AtomicBoolean();
    try (ClusterSession session = target.access().open()) {
      new ScaledSet(session, target.redis().statefulSet())
          .change(
              context,
              (read, patch) -> {
                stands.set(
                    StoppedRedis.isOurs(context, read)
                        && !startedFrom(Staging.givenTo(target, context), read));
                patch.note(RecoveryNotes.OWNER, mine.text());
                return stands.get();
              });
    }
    return stands.get();
  }
}
