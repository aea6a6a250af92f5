package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabClusters;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.IncidentEvent;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The managed cluster and all that runs in it are gone, while Azure says that it runs. Demanded: a
 * page at P0; recovered and proven with no hand; one new cluster, the old one stopped; customers
 * led to the new one by the DNS record, which remembers the old address; and what the extent of the
 * loss lets one demand.
 */
final class ClusterLost implements Disaster {
  /** What goes with the cluster. */
  enum Extent {
    /**
     * Nothing: from the backup volumes come back, and the database has every acknowledged event.
     */
    CLUSTER("aks.backup"),
    /**
     * Every recovery point is damaged, and the database's server is lost: the cluster is rebuilt
     * from the chart, and the true loss of the database lies inside the measured one.
     */
    BACKUP_AND_DATABASE("aks.rebuild");

    private final String procedure;

    Extent(String procedure) {
      this.procedure = procedure;
    }
  }

  private static final Duration READY = Duration.ofSeconds(60);
  private static final int EVENTS = 100;

  /** A file that nobody of the platform knows. */
  private static final String MARK = "mark-of-the-drill";

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;
  private final Extent extent;

  ClusterLost(
      Lab lab,
      Watcher watcher,
      Duration limit,
      Consumer<String> say,
      Scenario scenario,
      Extent extent) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
    this.extent = extent;
  }

  static LabOptions world(LabOptions options) {
    return options.withManagedCluster();
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    Calm.await(lab, watcher);
    Calm.awaitUp(lab, watcher, "cluster", READY);
    Calm.awaitUp(lab, watcher, "public-health", READY);
    LabClusters clusters = lab.clusters();
    String mark = UUID.randomUUID().toString();
    lab.volumes().mark(LabVolumes.claim(VolumeLost.USUAL), MARK, mark);
    clusters.backUp();
    Calm.moreTraffic(lab, EVENTS, READY);
    DatabaseAddress database = lab.platformDatabase();
    ClusterDemands demands = new ClusterDemands(lab);
    Instant brokenAt = Instant.now();
    say.accept("");
    say.accept("*** the cluster's API and all that runs in it are killed, and stay so ***");
    say.accept("");
    clusters.lose();
    List<TrafficLedger.Entry> ledger =
        TrafficLedger.read(lab.requireState().file("ledger")).stream()
            .filter(entry -> entry.at().isBefore(Instant.now()))
            .toList();
    if (extent == Extent.BACKUP_AND_DATABASE) {
      loseTheRest(clusters);
    }
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, ClusterDemands::isEnd);
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    List<String> failures = new ArrayList<>();
    LossEnd ended = LossEnd.of(scenario, watcher, end.get(), failures);
    IncidentRecords records = ended.records();
    demands.page(records, brokenAt, failures);
    Truth truth = null;
    if (ended.recovered()) {
      demands.successor(records, extent.procedure, failures);
      if (extent == Extent.CLUSTER) {
        demandNothingLost(database, failures);
        demands.mark(MARK, mark, failures);
      } else {
        truth = Truth.measured(lab, demands.database(), records, ledger, failures);
      }
    }
    return ended.result(truth, null, crashes);
  }

  private void loseTheRest(LabClusters clusters) throws IOException, InterruptedException {
    List<String> points = clusters.recoveryPoints();
    say.accept(
        "*** all %d recovery points of it are damaged, the database's server is lost ***"
            .formatted(points.size()));
    for (String each : points) {
      lab.azure().damage(each);
    }
    for (String each : lab.azureServers()) {
      lab.azure().kill(each);
    }
  }

  private void demandNothingLost(DatabaseAddress database, List<String> failures)
      throws IOException, SQLException {
    List<TrafficLedger.Entry> ledger = TrafficLedger.read(lab.requireState().file("ledger"));
    List<TrafficLedger.Entry> missing = TwoAuthorities.missing(ledger, database);
    say.accept(
        "  the clients' own record: %d events acknowledged, %d of them not in the database"
            .formatted(ledger.size(), missing.size()));
    Demand.that(
        failures,
        "every acknowledged event is in the database",
        missing.isEmpty(),
        missing.size() + " of " + ledger.size() + " are not");
  }
}
