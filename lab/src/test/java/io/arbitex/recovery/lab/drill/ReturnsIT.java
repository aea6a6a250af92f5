package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A lost server that comes back: before anything was cut over, and afterwards. */
class ReturnsIT {
  private static final Duration LIMIT = Duration.ofSeconds(150);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "two minutes; `./dr test -Ddrills=all` runs it")
  void noAcknowledgedWriteIsOnAServerThatIsNotBound() throws Exception {
    Scenario scenario = Scenario.POSTGRESQL_RETURNS;
    try (DrillWorld world =
            DrillWorld.up("returns", scenario.world(LabOptions.DEFAULT.withEvents(100_000)));
        CrashPlan none = new CrashPlan(world.lab(), List.of(), what -> {})) {
      Watcher watcher = world.watch(value -> {});
      DrillResult result =
          scenario.disaster(world.lab(), watcher, LIMIT, System.out::println).run(none);
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.summary().outcome()).isEqualTo("RECOVERED");
    }
  }
}
