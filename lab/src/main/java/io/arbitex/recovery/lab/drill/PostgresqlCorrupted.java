package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A bad release deletes tenants and rewrites old audit events, their times unchanged, while traffic
 * goes on; it runs until somebody rolls it back, well into the restore. Demanded: the platform is
 * back on the last moment that was proven, with every event of before it and a chain that holds;
 * what was acknowledged after it is in the salvage, counted; the old server is still there, closed,
 * and as it was.
 */
final class PostgresqlCorrupted implements Disaster {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final int CHECKPOINTS = 3;
  private static final String RESTORE = "postgresql.restore";
  private static final String CUTOVER = "postgresql.cutover";

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  PostgresqlCorrupted(
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
    awaitCheckpoints();
    Instant brokenAt = Instant.now();
    shout("a release is rolled out whose migration deletes tenants and rewrites old events");
    lab.releases().rollOutBad();
    boolean restored =
        watcher
            .await(
                limit,
                value ->
                    value instanceof StepEvent event
                        && event.getTransition() == StepTransition.ACTION_DONE
                        && event.getAction().equals("restore-server")
                        && event.getAt().isAfter(brokenAt))
            .isPresent();
    if (restored) {
      shout("somebody rolls the bad release back; it has run until now");
      lab.releases().rollBack();
    }
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, Watcher::isEnd);
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    return judged(end.get(), crashes);
  }

  /** So that there is a proven moment, and older ones behind it. */
  private void awaitCheckpoints() throws InterruptedException {
    Set<Instant> seen = new HashSet<>();
    boolean there =
        watcher
            .await(
                READY,
                value -> {
                  if (value instanceof Baseline baseline
                      && baseline.getKind() == BaselineKind.CHECKPOINT) {
                    seen.add(baseline.getTakenAt());
                  }
                  return seen.size() >= CHECKPOINTS;
                })
            .isPresent();
    if (!there) {
      throw new LabFailure("no observer has proven the database; see their logs");
    }
  }

  private DrillResult judged(IncidentEvent end, CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    List<String> failures = new ArrayList<>();
    LossEnd ended = LossEnd.of(scenario, watcher, end, failures);
    Truth truth = null;
    if (ended.recovered()) {
      truth = againstTruth(ended.records(), failures);
      if (!Calm.moreTraffic(lab, 20, READY)) {
        failures.add("no event was acknowledged after the recovery");
      }
    }
    return ended.result(truth, null, crashes);
  }

  private Truth againstTruth(IncidentRecords records, List<String> failures)
      throws IOException, InterruptedException, SQLException {
    Map<String, String> restore = facts(records, RESTORE);
    Map<String, String> cutover = facts(records, CUTOVER);
    Instant moment = Instant.parse(restore.getOrDefault("restore-moment", Instant.MAX.toString()));
    Instant fenced =
        Instant.parse(cutover.getOrDefault("source-fenced-at", Instant.MIN.toString()));
    Demand.that(
        failures,
        "the restored moment is a checkpoint that an observer signed",
        watcher.records().stream()
            .anyMatch(
                value ->
                    value instanceof Baseline baseline
                        && baseline.getKind() == BaselineKind.CHECKPOINT
                        && baseline.getTakenAt().equals(moment)),
        moment.toString());
    List<TrafficLedger.Entry> ledger =
        TrafficLedger.read(lab.requireState().file("ledger")).stream()
            .filter(entry -> !entry.at().isAfter(fenced))
            .toList();
    Truth truth = Truth.measured(lab, records, ledger, failures);
    demandWhole(lab.platformDatabase(), failures);
    demandSalvaged(cutover, ledger, failures);
    demandOldServer(failures);
    List<String> servers =
        lab.azureServers().stream().filter(name -> !name.equals("arbitex-db")).toList();
    Demand.that(
        failures,
        "one server was made, and the old one is still there",
        servers.size() == 1 && servers.get(0).equals(restore.get("server")),
        servers.toString());
    return truth;
  }

  private static Map<String, String> facts(IncidentRecords records, String step) {
    return records.progress().stream()
        .filter(event -> event.getTransition() == StepTransition.DONE)
        .filter(event -> event.getStepId().equals(step))
        .reduce((a, b) -> b)
        .map(event -> Facts.toMap(event.getFacts()))
        .orElse(Map.of());
  }

  private void demandWhole(DatabaseAddress database, List<String> failures)
      throws IOException, InterruptedException, SQLException {
    byte[] key =
        Files.readString(lab.requireState().file("audit-key"))
            .strip()
            .getBytes(StandardCharsets.UTF_8);
    ChainVerdict chain = new AuditChain(key).verify(database, 2, Optional.empty());
    Demand.that(failures, "the whole audit chain holds", chain.valid(), chain.asCheck().measured());
    Demand.that(failures, "all tenants are there", ask(database, TENANTS) == 12, "there are fewer");
  }

  private void demandSalvaged(
      Map<String, String> cutover, List<TrafficLedger.Entry> ledger, List<String> failures)
      throws IOException, SQLException {
    Salvaged salvaged = Salvaged.read(cutover.getOrDefault("salvage-file", ""));
    List<TrafficLedger.Entry> missing =
        salvaged.missing(TwoAuthorities.missing(ledger, lab.platformDatabase()));
    say.accept(
        "  salvage: %s events of after the restored moment, %s rewritten ones"
            .formatted(
                cutover.getOrDefault("salvage-events", "no"),
                cutover.getOrDefault("salvage-rewritten", "no")));
    Demand.that(
        failures,
        "every acknowledged event is on the bound server or in the salvage",
        missing.isEmpty(),
        missing.size() + " are in neither");
    Demand.that(
        failures,
        "the salvage is counted",
        Integer.toString(salvaged.events()).equals(cutover.get("salvage-events")),
        salvaged.events() + " in the file, told: " + cutover.get("salvage-events"));
  }

  private void demandOldServer(List<String> failures) throws IOException, SQLException {
    DatabaseAddress old = lab.admin("primary", "arbitex");
    Demand.that(
        failures,
        "the old server is as the bad release left it",
        ask(old, TENANTS) == 8,
        ask(old, TENANTS) + " tenants");
    Demand.that(
        failures,
        "the old server is closed to the platform",
        ask(old, "SELECT count(*) FROM pg_roles WHERE rolname = 'arbitex_app' AND rolcanlogin") == 0
            && ask(old, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'arbitex_app'") == 0,
        "it may still log in");
  }

  private static final String TENANTS = "SELECT count(*) FROM tenants";

  private static long ask(DatabaseAddress database, String query) throws SQLException {
    try (Connection connection =
            database.connect("drill", Duration.ofSeconds(5), Duration.ofSeconds(60));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void shout(String what) {
    say.accept("");
    say.accept("*** " + what + " ***");
    say.accept("");
  }
}
