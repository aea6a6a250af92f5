package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What becomes of Redis' sessions, in one lab and in this order: nothing, and then all of them. */
@EnabledIfSystemProperty(
    named = "drills",
    matches = "all",
    disabledReason = "two minutes; `./dr test -Ddrills=all` runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private static DrillWorld world;
  private static Watcher watcher;

  @BeforeAll
  static void up() throws Exception {
    world =
        DrillWorld.up("redis", Scenario.REDIS_LOST.world(LabOptions.DEFAULT.withEvents(20_000)));
    watcher = world.watch(value -> {});
  }

  @AfterAll
  static void down() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  private static DrillResult run(Scenario scenario) throws Exception {
    try (CrashPlan none = new CrashPlan(world.lab(), List.of(), what -> {})) {
      return scenario.disaster(world.lab(), watcher, LIMIT, line -> {}).run(none);
    }
  }

  @Test
  @Order(1)
  void aFailedSaveIsToldAndNothingIsRestored() throws Exception {
    DrillResult result = run(Scenario.REDIS_DEGRADED);
    assertThat(result.failures()).as("%s", world.told()).isEmpty();
    assertThat(result.summary().severity()).isEqualTo("P2");
    assertThat(result.summary().outcome()).isEqualTo("SELF_HEALED");
  }

  @Test
  @Order(2)
  void aRedisThatComesBackEmptyIsPutBackAndStaysSo() throws Exception {
    DrillResult result = run(Scenario.REDIS_LOST);
    assertThat(result.failures()).as("%s", world.told()).isEmpty();
    assertThat(result.sessions().before()).isGreaterThan(500);
  }
}
