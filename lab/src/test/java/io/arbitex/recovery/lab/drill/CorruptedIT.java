package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.drill.CrashPlan.Kill;
import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A database is damaged by a bad release, and restored by Azure to the last proven moment, while
 * the executors and Azure itself are killed on the way.
 */
class CorruptedIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "two minutes; `./dr test -Ddrills=all` runs it")
  void theLastProvenMomentComesBackAndWhatCameAfterItIsSalvaged() throws Exception {
    Scenario scenario = Scenario.POSTGRESQL_CORRUPTED;
    List<Kill> kills =
        List.of(
            new Kill("executors", "restore-server:ACTION_STARTED"),
            new Kill("azure", "carry-over:ACTION_STARTED"),
            new Kill("executors", "fence-source:ACTION_DONE"));
    try (DrillWorld world =
            DrillWorld.up("corrupted", scenario.world(LabOptions.DEFAULT.withEvents(50_000)));
        CrashPlan crashes = new CrashPlan(world.lab(), kills, what -> {})) {
      Watcher watcher = world.watch(crashes::see);
      DrillResult result =
          scenario.disaster(world.lab(), watcher, LIMIT, System.out::println).run(crashes);
      System.out.printf(
          "corrupted: %s, RTO %.1f s, %s%n",
          result.summary().outcome(), result.summary().rto().seconds(), result.chaos());
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.summary().outcome()).isEqualTo("RECOVERED");
      assertThat(result.chaos()).hasSameSizeAs(kills);
    }
  }
}
