package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.drill.CrashPlan.Kill;
import io.arbitex.recovery.lab.world.LabOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The database is lost, and on the way to its recovery the pipeline's own processes are killed with
 * signal 9, each started again as a supervisor would. The recovery must come out as if nothing had
 * happened.
 */
class CrashesIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final Duration MESSAGES = Duration.ofSeconds(30);

  private static void survives(String name, long events, List<Kill> kills) throws Exception {
    try (DrillWorld world = DrillWorld.up(name, LabOptions.DEFAULT.withEvents(events));
        CrashPlan crashes = new CrashPlan(world.lab(), kills, what -> {})) {
      Watcher watcher = world.watch(crashes::see);
      long begin = System.nanoTime();
      DrillResult result =
          new PostgresqlLost(world.lab(), watcher, LIMIT, line -> {}, Scenario.POSTGRESQL_LOST)
              .run(crashes);
      String id = result.summary().incidentId();
      String told = world.told(id);
      System.out.printf(
          "%s: %s after %.1f s, RTO %.1f s, %s%n",
          name,
          result.summary().outcome(),
          DrillWorld.seconds(begin),
          result.summary().rto().seconds(),
          result.chaos());
      // The same demands as without crashes: recovered, the truth inside the measured interval,
      // nothing older lost, one database and no partial one, and a log that replays.
      assertThat(result.failures()).as("%s", told).isEmpty();
      assertThat(result.chaos())
          .containsExactlyInAnyOrderElementsOf(kills.stream().map(CrashPlan::said).toList());
      assertThat(result.replayed()).isPositive();
      CompleteRecords.demand(watcher, id);
      assertThat(world.awaitMessage(MESSAGES, id, "ecovered", "blocks"))
          .as("people are told")
          .isTrue();
      assertThat(world.awaitMessage(MESSAGES, id, "resolve")).as("the page is closed").isTrue();
      assertThat(world.page(id)).startsWith("trigger").endsWith("resolve");
    }
  }

  @Test
  void deadDecidersDecideTheSameAndTheEndIsSaidOnce() throws Exception {
    survives(
        "classifier",
        50_000,
        List.of(
            new Kill("classifier", "OPENED"),
            new Kill("observer-a", "PLAN_ISSUED"),
            new Kill("classifier", "restore-dump:ACTION_STARTED", true),
            new Kill("broker", "prove-database:ACTION_DONE"),
            // The cluster's API is away in the middle of the cutover; its pods live on.
            new Kill("kubernetes", "stop-writers:ACTION_STARTED"),
            new Kill("executors", "start-writers:ACTION_STARTED"),
            new Kill("executors", "follow-platform:ACTION_DONE"),
            new Kill("classifier", "STEP_DISPATCHED verify"),
            new Kill("verifier", "PROVEN")));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "two minutes; `./dr test -Ddrills=all` runs it")
  void deadExecutorsGoOnWhereTheyWereAndADeadBrokerIsWaitedFor() throws Exception {
    survives(
        "executors",
        300_000,
        List.of(
            new Kill("broker", "PLAN_ISSUED"),
            new Kill("executors", "create-database:ACTION_STARTED"),
            // A second into pg_restore, which outlives its executor.
            new Kill("executors", "restore-dump:PROGRESS", true),
            new Kill("executors", "prove-database:ACTION_DONE"),
            new Kill("broker", "open-target:ACTION_STARTED"),
            new Kill("executors", "switch-secret:ACTION_STARTED"),
            new Kill("verifier", "STEP_DISPATCHED verify"),
            new Kill("classifier", "VERDICT")));
  }
}
