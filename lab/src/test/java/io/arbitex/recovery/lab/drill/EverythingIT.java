package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.drill.CrashPlan.Kill;
import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Everything is lost at once, with steps side by side, and a person who agrees, while classifier
 * and executors are killed on the way.
 */
class EverythingIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "eight minutes; `./dr test -Ddrills=all` runs it")
  void everyStoreComesBackOnceAfterAPersonHasAgreed() throws Exception {
    Scenario scenario = Scenario.EVERYTHING;
    Choices choices = new Choices(VolumeLost.USUAL, true, true);
    List<Kill> kills =
        List.of(
            new Kill("executors", "make-cluster:ACTION_STARTED"),
            new Kill("classifier", "await-workloads:ACTION_DONE"),
            new Kill("executors", "switch-secret:ACTION_STARTED"));
    try (DrillWorld world =
            DrillWorld.up(
                "everything", choices.of(scenario.world(LabOptions.DEFAULT.withEvents(20_000))));
        CrashPlan crashes = new CrashPlan(world.lab(), kills, what -> {})) {
      Watcher watcher = world.watch(crashes::see);
      DrillResult result =
          scenario.disaster(world.lab(), watcher, LIMIT, System.out::println, choices).run(crashes);
      System.out.printf(
          "everything: %s, RTO %.1f s, %s%n",
          result.summary().outcome(), result.summary().rto().seconds(), result.chaos());
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.summary().outcome()).isEqualTo("RECOVERED");
      assertThat(result.chaos()).hasSameSizeAs(kills);
    }
  }
}
