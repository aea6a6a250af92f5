package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Map;

/** Preflight: the source is not sound again. See {@link RedisJudge}. */
final class RecheckRedis extends RedisAction {
  private final RedisJudge judge;

  RecheckRedis(RedisTarget target) {
    super(
        target,
        "recheck-source",
        "look at Redis once more",
        false,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(10, Duration.ofSeconds(1), Duration.ofSeconds(3)));
    this.judge = new RedisJudge(target);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (CheckCutover.alreadyStarted(context)) {
      return Look.alreadySo();
    }
    StatefulSet set = new ScaledSet(session, target.redis().statefulSet()).read();
    boolean heldByUs =
        ScaledSet.wanted(set) == 0 && ScaledSet.note(set, RecoveryNotes.REPLICAS).isPresent();
    RedisJudge.Found found =
        heldByUs
            ? new RedisJudge.Found(
                RedisFacts.UNREACHABLE, "a recovery before this one has stopped it")
            : judge.judge(context, session);
    return Look.alreadySo(
        Map.of(RedisFacts.SOURCE_STATE, found.state(), RedisFacts.SOURCE_DETAIL, found.detail()));
  }
}
