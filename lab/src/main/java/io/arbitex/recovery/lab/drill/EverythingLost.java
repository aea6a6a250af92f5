package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The database's server, the disk of the audit buffer, Redis and the cluster are gone at once.
 * Demanded: a page at P0; each store restored once, each from its own kind of restore point, with
 * no hand; in the runbook's order as far as the cluster lets (section "Multiple stores"), or side
 * by side where the policy says so; one suite at the end; and all that {@link ClusterDemands}
 * demands.
 */
final class EverythingLost implements Disaster {
  private static final Duration BACKUP_EVERY = Duration.ofSeconds(30);
  private static final Duration READY = Duration.ofSeconds(90);
  private static final int EVENTS = 100;

  /** Two cores carry all of this world, and each pod and service in it has a JVM. */
  private static final double RATE = 50;

  /** A file that nobody of the platform knows. */
  private static final String MARK = "mark-of-the-drill";

  /** A restore beside the cluster runs at once; whatever goes through it comes after it. */
  private static final List<String> ORDER =
      List.of(
          "postgresql.restore",
          "cluster.restore",
          "cluster.cutover",
          "postgresql.cutover",
          "db-data.restore",
          "db-data.cutover",
          "audit-buffer.restore",
          "audit-buffer.cutover",
          "redis.restore",
          "redis.cutover",
          "verify");

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;
  private final Choices choices;

  EverythingLost(
      Lab lab,
      Watcher watcher,
      Duration limit,
      Consumer<String> say,
      Scenario scenario,
      Choices choices) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
    this.choices = choices;
  }

  static LabOptions world(LabOptions options) {
    return options
        .withManagedCluster()
        .withVolumes()
        .withRedis(List.of("redis.rdb", "redis.cold"))
        .withBackupEvery(BACKUP_EVERY)
        .withRate(RATE);
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    SessionCalm.await(lab, watcher);
    Calm.awaitUp(lab, watcher, "cluster", READY);
    Calm.awaitUp(lab, watcher, "public-health", READY);
    Calm.awaitComponent(lab, watcher, "db-data", point -> true);
    String claim = LabVolumes.claim(VolumeLost.USUAL);
    String mark = UUID.randomUUID().toString();
    lab.volumes().mark(claim, MARK, mark);
    Instant marked = Instant.now();
    lab.clusters().backUp();
    Calm.awaitSnapshot(watcher, VolumeLost.USUAL, marked);
    Calm.moreTraffic(lab, EVENTS, READY);
    Set<String> disks = Set.copyOf(lab.volumes().disks());
    ClusterDemands demands = new ClusterDemands(lab);
    Instant brokenAt = Instant.now();
    List<TrafficLedger.Entry> ledger = lose(claim);
    List<String> failures = new ArrayList<>();
    Optional<IncidentEvent> end = awaitEnd(brokenAt, failures);
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    LossEnd ended = LossEnd.of(scenario, watcher, end.get(), failures);
    IncidentRecords records = ended.records();
    demands.page(records, brokenAt, failures);
    demandOrder(records, failures);
    Truth truth = null;
    if (ended.recovered()) {
      demandOnce(records, disks, failures);
      demands.successor(records, "aks.backup", failures);
      demands.mark(MARK, mark, failures);
      truth = Truth.measured(lab, demands.database(), records, ledger, failures);
      demandCold(records, failures);
    }
    return ended.result(truth, null, crashes);
  }

  /** A person agrees to each plan that is shown, and it may grow. */
  private Optional<IncidentEvent> awaitEnd(Instant brokenAt, List<String> failures)
      throws IOException, InterruptedException {
    Instant latest = brokenAt.plus(limit);
    Set<String> approved = new HashSet<>();
    while (true) {
      Optional<IncidentEvent> event =
          watcher.awaitIncident(
              Duration.between(Instant.now(), latest),
              brokenAt,
              each ->
                  asks(each) ? !approved.contains(each.getPlanHash()) : ClusterDemands.isEnd(each));
      if (event.isEmpty() || !asks(event.get())) {
        if (choices.approval()) {
          Demand.that(failures, "a person was asked", !approved.isEmpty(), "nobody was");
        }
        return event;
      }
      demandUntouched(event.get(), failures);
      new Person(lab, "sre-on-duty")
          .approves(event.get(), "all of it is gone, and I have looked", failures);
      approved.add(event.get().getPlanHash());
    }
  }

  private boolean asks(IncidentEvent event) {
    return choices.approval() && event.getBlockedReason() == BlockedReason.APPROVAL_NEEDED;
  }

  /** Before anybody has agreed there are restores beside what is lost, and no more. */
  private void demandUntouched(IncidentEvent asked, List<String> failures) {
    List<IncidentEvent> events = watcher.incident(asked.getIncidentId()).events();
    Instant shown =
        events.stream()
            .filter(event -> event.getKind() == IncidentKind.PLAN_ISSUED)
            .filter(event -> event.getPlanHash().equals(asked.getPlanHash()))
            .map(IncidentEvent::getAt)
            .min(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    List<String> cutOver =
        events.stream()
            .filter(event -> event.getKind() == IncidentKind.STEP_DISPATCHED)
            .filter(event -> event.getAt().isAfter(shown))
            .map(IncidentEvent::getStepId)
            .filter(step -> step.endsWith(".cutover"))
            .toList();
    Demand.that(
        failures,
        "nothing is cut over before a person agrees",
        shown.isAfter(Instant.MIN) && cutOver.isEmpty(),
        cutOver.toString());
  }

  /** With the database at an earlier moment old sessions might be some that were revoked since. */
  private static void demandCold(IncidentRecords records, List<String> failures) {
    String how =
        Summary.of("", records).steps().stream()
            .filter(step -> step.id().equals("redis.restore"))
            .map(Summary.StepRow::procedure)
            .findFirst()
            .orElse("nothing");
    Demand.that(
        failures,
        "Redis starts cold beside a database that was restored",
        how.equals("redis.cold"),
        how);
  }

  /** Returns what clients had been told was kept. */
  private List<TrafficLedger.Entry> lose(String claim) throws IOException, InterruptedException {
    String disk = lab.volumes().disk(claim);
    say.accept("");
    say.accept("*** the cluster and all that runs in it are killed, Redis among it; the disk of");
    say.accept("*** " + claim + " is deleted; the database's server is killed");
    say.accept("");
    lab.clusters().lose();
    List<TrafficLedger.Entry> ledger =
        TrafficLedger.read(lab.requireState().file("ledger")).stream()
            .filter(entry -> entry.at().isBefore(Instant.now()))
            .toList();
    lab.volumes().loseDisk(disk);
    for (String each : lab.azureServers()) {
      lab.azure().kill(each);
    }
    return ledger;
  }

  private void demandOrder(IncidentRecords records, List<String> failures) {
    List<String> begun =
        records.events().stream()
            .filter(event -> event.getKind() == IncidentKind.STEP_DISPATCHED)
            .map(IncidentEvent::getStepId)
            .distinct()
            .toList();
    say.accept("  begun in this order: " + String.join(", ", begun));
    if (!choices.parallel()) {
      Demand.that(
          failures, "the steps are in the runbook's order", begun.equals(ORDER), begun.toString());
      return;
    }
    Demand.that(
        failures,
        "the cluster is restored while the database is",
        begin(records, "cluster.restore").isBefore(end(records, "postgresql.restore")),
        begun.toString());
    for (String step : ORDER) {
      boolean needs = !step.equals("postgresql.restore") && !step.startsWith("cluster.");
      Demand.that(
          failures,
          step + " waits for the new cluster",
          !needs || !begin(records, step).isBefore(end(records, "cluster.cutover")),
          begun.toString());
    }
    List<String> before = ORDER.stream().filter(step -> !isVerify(step)).toList();
    Demand.that(
        failures,
        "the suite waits for all stores",
        before.stream().noneMatch(step -> begin(records, "verify").isBefore(end(records, step))),
        begun.toString());
  }

  private static boolean isVerify(String step) {
    return step.equals("verify");
  }

  private static Instant begin(IncidentRecords records, String step) {
    return at(records, step, IncidentKind.STEP_DISPATCHED, Instant.MAX);
  }

  private static Instant end(IncidentRecords records, String step) {
    return at(records, step, IncidentKind.STEP_DONE, Instant.MIN);
  }

  /** The last of its kind. */
  private static Instant at(
      IncidentRecords records, String step, IncidentKind kind, Instant otherwise) {
    return records.events().stream()
        .filter(event -> event.getKind() == kind && event.getStepId().equals(step))
        .map(IncidentEvent::getAt)
        .max(Comparator.naturalOrder())
        .orElse(otherwise);
  }

  private void demandOnce(IncidentRecords records, Set<String> before, List<String> failures)
      throws IOException {
    for (String component : List.of("db-data", VolumeLost.USUAL)) {
      String claim = LabVolumes.claim(component);
      List<String> made =
          lab.volumes().disks().stream()
              .filter(disk -> disk.startsWith(claim) && !before.contains(disk))
              .toList();
      Demand.that(failures, "one disk was made for " + claim, made.size() == 1, made.toString());
    }
    List<String> done =
        records.progress().stream()
            .filter(event -> event.getTransition() == StepTransition.DONE)
            .map(StepEvent::getStepId)
            .filter(ORDER::contains)
            .sorted()
            .toList();
    List<String> wanted = ORDER.stream().filter(step -> !step.equals("verify")).sorted().toList();
    Demand.that(
        failures,
        "each store was restored once and cut over to once",
        done.stream().filter(step -> !step.equals("verify")).toList().equals(wanted),
        done.toString());
  }
}
