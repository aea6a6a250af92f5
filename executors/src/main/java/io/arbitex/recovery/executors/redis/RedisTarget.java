package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import java.time.Duration;

/** What the Redis procedures work on, as the configuration has it. */
public record RedisTarget(String platform, String component, Kubernetes kubernetes, Redis redis) {

  /** For looks and small moves in the work pod. */
  static final Duration SHORT = Duration.ofMinutes(1);

  /** For what reads or writes all of the data. */
  static final Duration LONG = Duration.ofMinutes(10);

  ClusterAccess access() {
    return new ClusterAccess(kubernetes);
  }

  /** The layout that Redis finds its data in: {@code aof} or {@code rdb}. */
  String mode() {
    return redis.appendOnly() ? "aof" : "rdb";
  }
}
