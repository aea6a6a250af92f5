package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Redis cannot start any more, since its volume is gone: in a world that had no loss before. */
class RedisVolumeIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "three minutes; `./dr test -Ddrills=all` runs it")
  void aRedisWhoseVolumeIsLostGetsANewOneWithItsSessions() throws Exception {
    Scenario scenario = Scenario.REDIS_VOLUME_LOST;
    try (DrillWorld world =
            DrillWorld.up("redis-volume", scenario.world(LabOptions.DEFAULT.withEvents(20_000)));
        CrashPlan none = new CrashPlan(world.lab(), List.of(), what -> {})) {
      Watcher watcher = world.watch(value -> {});
      DrillResult result = scenario.disaster(world.lab(), watcher, LIMIT, line -> {}).run(none);
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.sessions().before()).isGreaterThan(500);
    }
  }
}
