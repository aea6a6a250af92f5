package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.drill.CrashPlan.Kill;
import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The volume of the audit buffer is lost with its disk, and restored from its snapshot, while the
 * executors and the cluster itself are killed on the way.
 */
class VolumeIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "two minutes; `./dr test -Ddrills=all` runs it")
  void aLostVolumeComesBackFromItsSnapshotOnOneDisk() throws Exception {
    Scenario scenario = Scenario.PVC_LOST;
    List<Kill> kills =
        List.of(
            new Kill("executors", "make-disk:ACTION_STARTED"),
            new Kill("executors", "free-claim:ACTION_DONE"),
            new Kill("kubernetes", "bind-volume:ACTION_STARTED"));
    try (DrillWorld world =
            DrillWorld.up("volume", scenario.world(LabOptions.DEFAULT.withEvents(20_000)));
        CrashPlan crashes = new CrashPlan(world.lab(), kills, what -> {})) {
      Watcher watcher = world.watch(crashes::see);
      DrillResult result =
          scenario
              .disaster(world.lab(), watcher, LIMIT, System.out::println, Choices.USUAL)
              .run(crashes);
      System.out.printf(
          "volume: %s, RTO %.1f s, %s%n",
          result.summary().outcome(), result.summary().rto().seconds(), result.chaos());
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.summary().outcome()).isEqualTo("RECOVERED");
      assertThat(result.chaos()).hasSameSizeAs(kills);
    }
  }
}
