package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import java.time.Duration;

/**
 * What a throw-away server in the work pod has loaded of the staged data.
 *
 * @param keys of all databases
 * @param loaded rdb_last_load_keys_loaded and _expired together: all keys of the RDB part, which is
 *     how an empty start is told from a load
 */
record StagedLoad(long keys, long loaded) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  static StagedLoad of(ActionContext context, VolumeScript script, Staging staging)
      throws ActionFailure, InterruptedException {
    RedisInfo info =
        RedisInfo.parse(
            script.read(
                context,
                LIMIT.plusSeconds(30),
                "prove",
                staging.folder(),
                staging.target().mode(),
                Long.toString(LIMIT.toSeconds())));
    return new StagedLoad(info.keys(), loaded(info));
  }

  static long loaded(RedisInfo info) {
    return info.number("rdb_last_load_keys_loaded").orElse(0)
        + info.number("rdb_last_load_keys_expired").orElse(0);
  }
}
