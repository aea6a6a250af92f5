package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Redis has loaded what was proven, every key of it, keeps what is written as it should, and takes
 * a write. That it is no longer loading says nothing: so does one that started empty.
 */
final class ProveRedis extends RedisAction {
  private static final double NEARLY = 0.9;

  ProveRedis(RedisTarget target) {
    super(
        target,
        "prove-redis",
        "count what Redis has loaded, and write to it",
        false,
        Duration.ofMinutes(5),
        RetryPolicy.upTo(20, Duration.ofMillis(500), Duration.ofSeconds(5)));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<PodRedis> redis = PodRedis.find(session, target);
    if (redis.isEmpty()) {
      return Look.notYet("no container of Redis runs");
    }
    RedisInfo info = redis.get().info(context);
    if (info.number("loading").orElse(1) != 0) {
      return Look.notYet("Redis is loading");
    }
    long expected = Long.parseLong(context.required(RedisFacts.LOADED));
    long loaded = StagedLoad.loaded(info);
    if (!CheckStaging.cold(context)
        && loaded != expected
        && !laterStart(context, redis.get(), info)) {
      throw refused("Redis has loaded " + loaded + " keys at its start, not " + expected);
    }
    long keys = Long.parseLong(context.required(RedisFacts.KEYS));
    if (!CheckStaging.cold(context) && !hasNearly(info, keys)) {
      // What an append-only file adds to its base is not in the loaded keys.
      throw refused("Redis has " + info.keys() + " keys, where " + keys + " were proven beside");
    }
    boolean appends = info.number("aof_enabled").orElse(0) == 1;
    if (appends != target.redis().appendOnly()) {
      throw refused(
          "Redis runs with appendonly "
              + (appends ? "yes" : "no")
              + ", unlike 'appendOnly' of the inventory");
    }
    redis.get().write(context);
    context.progress("Redis has loaded " + loaded + " keys, has " + info.keys() + ", takes writes");
    return Look.alreadySo(
        Map.of(RedisFacts.RESOURCE, context.required(RedisFacts.SOURCE_RESOURCE)));
  }

  /**
   * The number of loaded keys is that of the proof at the first start only. A pod may end before it
   * is looked at: when its files are other than those that were put in place, it has saved or
   * rewritten them since, and nearly as many keys must do.
   */
  private boolean laterStart(ActionContext context, PodRedis redis, RedisInfo info)
      throws ActionFailure, InterruptedException {
    long keys = Long.parseLong(context.required(RedisFacts.KEYS));
    return hasNearly(info, keys)
        && info.keys() > 0
        && (CheckCutover.alreadyStarted(context)
            || redis.hasRewritten(context, Staging.givenTo(target, context)));
  }

  /** Clients come back as soon as it is up: they may add, expire and delete by now. */
  private static boolean hasNearly(RedisInfo info, long keys) {
    long gone = info.goneByThemselves() + info.number("rdb_last_load_keys_expired").orElse(0);
    return info.keys() + gone >= keys * NEARLY;
  }

  private static ActionFailure refused(String message) {
    return ActionFailure.permanent(
        FailureCode.PROOF_FAILED,
        message,
        "The old data is kept on the volume in .recovery; see the log of Redis and its"
            + " configuration (appenddirname, appendfilename, dir).");
  }
}
