package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.Procedure;
import java.util.Optional;

/** {@code redis.rdb}, {@code redis.aof} and {@code redis.cold}: see the package. */
public final class RedisProcedures {
  public static final String RDB = "redis.rdb";
  public static final String AOF = "redis.aof";
  public static final String COLD = "redis.cold";

  private RedisProcedures() {}

  /** The newest good RDB file, proven beside. */
  public static Procedure rdb(RedisTarget target) {
    return Procedure.named(RDB)
        .action(new CheckCluster(target, false))
        .action(new ChooseRdb(target))
        .action(new OpenWorkPod(target, context -> Staging.madeBy(target, context)))
        .action(StageRdb.beside(target))
        .action(ProveStaged.beside(target))
        .action(removePod(target, "close-work-pod"))
        .onFailure(new RemoveStaging(target))
        .onFailure(removePod(target, "remove-work-pod"))
        .build();
  }

  /** Back in the append-only file that is there, to before it was bad. */
  public static Procedure aof(RedisTarget target) {
    return Procedure.named(AOF)
        .action(new CheckCluster(target, true))
        .action(new OpenWorkPod(target, context -> Staging.madeBy(target, context)))
        .action(new StageAof(target))
        .action(removePod(target, "close-work-pod"))
        .onFailure(new RemoveStaging(target))
        .onFailure(removePod(target, "remove-work-pod"))
        .build();
  }

  /** No data at all; nothing is prepared. */
  public static Procedure cold(RedisTarget target) {
    return Procedure.named(COLD)
        .action(new CheckCluster(target, false))
        .action(new AnnounceCold(target))
        .build();
  }

  private static RemoveWorkPod removePod(RedisTarget target, String name) {
    return new RemoveWorkPod(target, name, context -> Optional.of(Staging.madeBy(target, context)));
  }
}
