package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.drill.CrashPlan.Kill;
import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The cluster is lost with all that runs in it, and restored from its backup into another one,
 * while the executors and the classifier are killed on the way.
 */
class ClusterIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "three minutes; `./dr test -Ddrills=all` runs it")
  void aLostClusterComesBackFromItsBackupOnceAndCustomersFollow() throws Exception {
    Scenario scenario = Scenario.AKS_UNREACHABLE;
    List<Kill> kills =
        List.of(
            new Kill("executors", "make-cluster:ACTION_STARTED"),
            new Kill("classifier", "restore-objects:ACTION_DONE"),
            new Kill("executors", "stop-source:ACTION_STARTED"),
            new Kill("executors", "switch-address:ACTION_STARTED"));
    try (DrillWorld world =
            DrillWorld.up("cluster", scenario.world(LabOptions.DEFAULT.withEvents(20_000)));
        CrashPlan crashes = new CrashPlan(world.lab(), kills, what -> {})) {
      Watcher watcher = world.watch(crashes::see);
      DrillResult result =
          scenario.disaster(world.lab(), watcher, LIMIT, System.out::println).run(crashes);
      System.out.printf(
          "cluster: %s, RTO %.1f s, %s%n",
          result.summary().outcome(), result.summary().rto().seconds(), result.chaos());
      assertThat(result.failures()).as("%s", world.told()).isEmpty();
      assertThat(result.summary().outcome()).isEqualTo("RECOVERED");
      assertThat(result.chaos()).hasSameSizeAs(kills);
    }
  }
}
