package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;

/**
 * The pod on the volume and the notes of the old replicas and of the move are gone. The owner's
 * mark stays: it bars a process that stood still since before.
 */
final class ReleaseRedis extends RedisAction {
  ReleaseRedis(RedisTarget target) {
    super(
        target,
        "release-redis",
        "take away the work pod and the notes of the recovery",
        true,
        Duration.ofMinutes(5),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (new WorkPod(session, Staging.givenTo(target, context).podPlan()).exists()) {
      return Look.notYet("the work pod is there");
    }
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    StatefulSet read = set.read();
    return ScaledSet.note(read, RecoveryNotes.REPLICAS).isEmpty() && MoveNote.of(read).isEmpty()
        ? Look.alreadySo()
        : Look.notYet("the notes of the old replicas and of the move are there");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new WorkPod(session, Staging.givenTo(target, context).podPlan()).remove(context);
    OwnerMark mine = OwnerMark.of(context);
    new ScaledSet(session, target.redis().statefulSet())
        .change(
            context,
            (read, patch) -> {
              patch.without(RecoveryNotes.REPLICAS).without(RecoveryNotes.MOVING);
              patch.note(RecoveryNotes.OWNER, mine.text());
              return ScaledSet.note(read, RecoveryNotes.REPLICAS).isPresent()
                  || MoveNote.of(read).isPresent();
            });
  }
}
