package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.IncidentEvent;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The server is killed and its data directory deleted while traffic flows, in the circumstances of
 * the scenario. Demanded: recovered and proven with no hand, the true loss inside the measured
 * interval, nothing of before the restore point missing, one published database and no partial one,
 * and a decision log that replays.
 */
public final class PostgresqlLost implements Disaster {
  private static final Duration READY = Duration.ofSeconds(15);

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  /**
   * @param limit from the break to the end of the incident
   */
  public PostgresqlLost(
      Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Scenario scenario) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    Calm.await(lab, watcher);
    scenario.before(lab, watcher, say);
    Instant brokenAt = Instant.now();
    say.accept("");
    say.accept("*** kill -9 of the database server, and its data directory is deleted ***");
    say.accept("");
    lab.destroyPostgresql("primary");
    List<TrafficLedger.Entry> ledger =
        TrafficLedger.read(lab.requireState().file("ledger")).stream()
            .filter(entry -> entry.at().isBefore(Instant.now()))
            .toList();
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, Watcher::isEnd);
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    List<String> failures = new ArrayList<>();
    LossEnd ended = LossEnd.of(scenario, watcher, end.get(), failures);
    IncidentRecords records = ended.records();
    Truth truth = null;
    if (ended.recovered()) {
      truth = againstTruth(records, ledger, failures);
      awaitTraffic(failures);
    }
    failures.addAll(scenario.failures(watcher, records, brokenAt));
    return ended.result(truth, null, crashes);
  }

  private Truth againstTruth(
      IncidentRecords records, List<TrafficLedger.Entry> ledger, List<String> failures)
      throws IOException, SQLException {
    Truth truth = Truth.measured(lab, records, ledger, failures);
    List<String> bound =
        watcher.records().stream()
            .filter(Binding.class::isInstance)
            .map(value -> ((Binding) value).getResource())
            .map(resource -> resource.substring(resource.indexOf('/') + 1))
            .distinct()
            .toList();
    Demand.that(
        failures,
        "one published database and no partial one",
        truth.databases().equals(bound) && bound.size() == 1,
        truth.databases() + ", bound " + bound);
    return truth;
  }

  private void awaitTraffic(List<String> failures) throws InterruptedException, IOException {
    if (!Calm.moreTraffic(lab, 1, READY)) {
      failures.add("no event was acknowledged after the recovery");
    }
  }
}
