package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabClusters;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Severity;
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

  /** Of the lab's messages: where pages go. */
  private static final String PAGER = "on-call";

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
    Before before =
        new Before(clusters.names(), clusters.addresses(), lab.platformDatabase(), mark);
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
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, ClusterLost::isEnd);
    if (end.isEmpty()) {
      Optional<IncidentEvent> any = watcher.awaitIncident(Duration.ZERO, brokenAt, event -> true);
      IncidentRecords open = watcher.incident(any.map(IncidentEvent::getIncidentId).orElse(""));
      return DrillResult.endless(scenario.word(), open, limit, crashes);
    }
    String id = end.get().getIncidentId();
    watcher.awaitMetrics(READY, id);
    IncidentRecords records = watcher.incident(id);
    Summary summary = Summary.of(scenario.word(), records);
    List<String> failures = new ArrayList<>();
    boolean recovered = summary.outcome().equals("RECOVERED");
    Demand.that(failures, "the outcome is RECOVERED", recovered, summary.outcome());
    Demand.that(failures, "the suite has passed", records.verdict().isPresent(), "no verdict");
    demandPage(records, brokenAt, failures);
    Truth truth = null;
    if (recovered) {
      demandProcedures(records, failures);
      demandClusters(clusters, before, failures);
      demandAddress(clusters, before, failures);
      demandService(failures);
      if (extent == Extent.CLUSTER) {
        demandNothingLost(clusters, before, failures);
      } else {
        truth = Truth.measured(lab, database(clusters, before), records, ledger, failures);
      }
    }
    Replayed replayed = Replayed.of(watcher.decisions(), failures);
    return new DrillResult(
        summary,
        truth,
        null,
        replayed.run(),
        replayed.identical(),
        crashes.done(),
        failures,
        records);
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

  /** Until the public health is confirmed to be down too, the loss is a P2 that is only told. */
  private static boolean isEnd(IncidentEvent event) {
    boolean early = event.getKind() == IncidentKind.ESCALATED && event.getSeverity() == Severity.P2;
    return Watcher.isEnd(event) && !early;
  }

  /**
   * What was before the loss.
   *
   * @param clusters that Azure had
   * @param addresses that the platform's DNS record named
   * @param database that the platform uses, which is not lost
   * @param mark on a volume, in the newest recovery point
   */
  private record Before(
      List<String> clusters, List<String> addresses, DatabaseAddress database, String mark) {}

  private void demandPage(IncidentRecords records, Instant brokenAt, List<String> failures)
      throws IOException, InterruptedException {
    Demand.that(
        failures,
        "it is a P0",
        records.events().stream().anyMatch(event -> event.getSeverity() == Severity.P0),
        records.events().stream().map(IncidentEvent::getSeverity).distinct().toList().toString());
    List<String> pages =
        lab.network().messages().stream()
            .filter(message -> message.channel().equals(PAGER))
            .filter(message -> Instant.parse(message.receivedAt()).isAfter(brokenAt))
            .filter(message -> message.body().path("event_action").asText().equals("trigger"))
            .map(message -> message.body().at("/payload/summary").asText())
            .toList();
    Demand.that(failures, "somebody is paged", !pages.isEmpty(), "no page");
  }

  private void demandProcedures(IncidentRecords records, List<String> failures) {
    List<String> done =
        Summary.of("", records).steps().stream()
            .filter(step -> step.state().equals("DONE"))
            .map(Summary.StepRow::procedure)
            .toList();
    Demand.that(
        failures,
        "another cluster took its place, made by " + extent.procedure,
        done.containsAll(List.of(extent.procedure, "cutover.cluster")),
        done.toString());
  }

  private static void demandClusters(LabClusters clusters, Before before, List<String> failures)
      throws IOException, InterruptedException {
    String power = clusters.power(LabClusters.first());
    Demand.that(failures, "the old cluster is stopped in Azure", power.equals("Stopped"), power);
    Demand.that(
        failures,
        "nothing of the old cluster lives",
        !clusters.isAlive(LabClusters.first()),
        "something does");
    List<String> made = made(clusters, before);
    Demand.that(failures, "one cluster was made", made.size() == 1, made.toString());
  }

  private DatabaseAddress database(LabClusters clusters, Before before)
      throws IOException, InterruptedException {
    return lab.platformDatabase(made(clusters, before).get(0));
  }

  private static List<String> made(LabClusters clusters, Before before)
      throws IOException, InterruptedException {
    return clusters.names().stream().filter(name -> !before.clusters().contains(name)).toList();
  }

  private static void demandAddress(LabClusters clusters, Before before, List<String> failures)
      throws IOException, InterruptedException {
    List<String> addresses = clusters.addresses();
    Demand.that(
        failures,
        "the record names one new address",
        addresses.size() == 1 && !before.addresses().contains(addresses.get(0)),
        addresses.toString());
    String old = before.addresses().get(0);
    Demand.that(
        failures,
        "the record remembers the old address " + old,
        clusters.notes().values().stream().anyMatch(note -> note.contains(old)),
        clusters.notes().toString());
  }

  private void demandService(List<String> failures) throws IOException, InterruptedException {
    Demand.that(
        failures,
        "events are acknowledged, through the public address",
        Calm.moreTraffic(lab, EVENTS, READY),
        "no event");
    if (lab.requireState().cluster().redis() != null) {
      Demand.that(
          failures,
          "users log in, through the public address",
          SessionCalm.moreLogins(lab, 5, READY),
          "no login");
    }
  }

  private void demandNothingLost(LabClusters clusters, Before before, List<String> failures)
      throws IOException, InterruptedException, SQLException {
    List<TrafficLedger.Entry> ledger = TrafficLedger.read(lab.requireState().file("ledger"));
    List<TrafficLedger.Entry> missing = TwoAuthorities.missing(ledger, before.database());
    say.accept(
        "  the clients' own record: %d events acknowledged, %d of them not in the database"
            .formatted(ledger.size(), missing.size()));
    Demand.that(
        failures,
        "every acknowledged event is in the database",
        missing.isEmpty(),
        missing.size() + " of " + ledger.size() + " are not");
    for (String made : made(clusters, before)) {
      List<String> lines = lab.volumes(made).lines(LabVolumes.claim(VolumeLost.USUAL), MARK);
      Demand.that(
          failures,
          "the volume is as the recovery point has it",
          lines.equals(List.of(before.mark())),
          "the mark on it is " + lines);
    }
  }
}
