package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import java.time.Duration;
import java.util.Map;

/** Says what it costs to start without data, before anybody does. */
final class AnnounceCold extends BoundAction {
  private static final String COST =
      "all users sign in again, rate limits count from zero, the bloom filter fills for 30 to 60 s;"
          + " no data of PostgreSQL is lost";

  private final RedisTarget target;

  AnnounceCold(RedisTarget target) {
    super(
        "announce-cold",
        "say what a cold start costs",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.once());
    this.target = target;
  }

  @Override
  public Look look(ActionContext context) {
    context.progress("Redis will start cold: " + COST);
    Staging staging = Staging.madeBy(target, context);
    return Look.alreadySo(
        Map.of(
            RedisFacts.COLD, "true",
            RedisFacts.COST, COST,
            RedisFacts.KEYS, "0",
            RedisFacts.LOADED, "0",
            RedisFacts.STAGING_ID, staging.id()));
  }
}
