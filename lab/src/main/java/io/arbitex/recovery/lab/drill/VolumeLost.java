package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.SessionLedger;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A volume of the platform and its disk are gone, and the pods that had it. Demanded: recovered and
 * proven with no hand; the claim is bound to one disk that was made, of the newest snapshot from
 * before the loss, with all that the platform had acknowledged by then; no event missing in the
 * database, which was not touched.
 */
final class VolumeLost implements Disaster {
  private static final Duration BACKUP_EVERY = Duration.ofSeconds(10);
  private static final Duration READY = Duration.ofSeconds(30);
  private static final int EVENTS_AFTER_SNAPSHOT = 100;
  private static final int LOGINS = 200;

  /** A file that nobody of the platform knows. */
  private static final String MARK = "mark-of-the-drill";

  /** Which volume it is when nobody says. */
  static final String USUAL = "audit-buffer";

  /** The one with the data of Redis, which comes back with it. */
  static final String OF_REDIS = "redis-data";

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;
  private final String component;

  /**
   * @param component of the inventory
   * @throws IllegalArgumentException when that is no volume of the lab
   */
  VolumeLost(
      Lab lab,
      Watcher watcher,
      Duration limit,
      Consumer<String> say,
      Scenario scenario,
      String component) {
    LabVolumes.claim(component);
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
    this.component = component;
  }

  static LabOptions world(LabOptions options) {
    return options.withVolumes().withBackupEvery(BACKUP_EVERY);
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    boolean ofRedis = component.equals(OF_REDIS);
    Calm.await(lab, watcher);
    if (ofRedis && !SessionCalm.moreLogins(lab, LOGINS, READY)) {
      throw new LabFailure("nobody logs in; see the logs");
    }
    Calm.awaitComponent(lab, watcher, component, point -> true);
    String claim = LabVolumes.claim(component);
    String mark = UUID.randomUUID().toString();
    lab.volumes().mark(claim, MARK, mark);
    Calm.awaitSnapshot(watcher, component, Instant.now());
    Calm.moreTraffic(lab, EVENTS_AFTER_SNAPSHOT, READY);
    List<SessionLedger.Entry> sessions = ofRedis ? SessionTruth.ledger(lab) : List.of();
    Set<String> disksBefore = new HashSet<>(lab.volumes().disks());
    Instant brokenAt = Instant.now();
    say.accept("");
    say.accept("*** the volume of " + claim + " and its disk are deleted, its pods gone ***");
    say.accept("");
    String lost = lab.volumes().lose(claim);
    List<TrafficLedger.Entry> ledger = TrafficLedger.read(lab.requireState().file("ledger"));
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, this::isEnd);
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    List<String> failures = new ArrayList<>();
    LossEnd ended = LossEnd.of(scenario, watcher, end.get(), failures);
    IncidentRecords records = ended.records();
    SessionTruth users = null;
    if (ended.recovered()) {
      disksBefore.remove(lost);
      demandDisk(records, claim, disksBefore, failures);
      demandNewest(records, brokenAt, failures);
      Demand.that(
          failures,
          "the mark is on it that was left before the snapshot",
          lab.volumes().lines(claim, MARK).equals(List.of(mark)),
          "it is not");
      demandContents(records, claim, ledger, failures);
      if (ofRedis) {
        users = demandSessions(records, sessions, failures);
      }
      List<TrafficLedger.Entry> missing = TwoAuthorities.missing(ledger, lab.platformDatabase());
      Demand.that(
          failures, "the database has every event", missing.isEmpty(), missing.size() + " missing");
      Demand.that(
          failures, "events are acknowledged", Calm.moreTraffic(lab, 20, READY), "no event");
    }
    return ended.result(null, users, crashes);
  }

  /**
   * Until the pods that had the volume have ended, it looks as if it were in use: people are told
   * that no restore helps that, and it is planned when they have.
   */
  private boolean isEnd(IncidentEvent event) {
    return Watcher.isEnd(event)
        && watcher.incident(event.getIncidentId()).events().stream()
            .anyMatch(
                each ->
                    each.getKind() == IncidentKind.PLAN_ISSUED
                        && !each.getAt().isAfter(event.getAt()));
  }

  private void demandDisk(
      IncidentRecords records, String claim, Set<String> before, List<String> failures)
      throws IOException {
    String bound = lab.volumes().volume(claim);
    List<String> made =
        lab.volumes().disks().stream().filter(disk -> !before.contains(disk)).toList();
    Demand.that(
        failures,
        "one disk was made, and the claim has it",
        made.equals(List.of(bound)) && bound.equals(facts(records).get("disk")),
        "made " + made + ", bound " + bound);
  }

  private boolean isSnapshot(Object value) {
    return value instanceof RestorePoint point && point.getComponent().equals(component);
  }

  /** One that Azure has and nobody has published yet may be newer. */
  private void demandNewest(IncidentRecords records, Instant brokenAt, List<String> failures) {
    Instant newest =
        watcher.records().stream()
            .filter(this::isSnapshot)
            .map(RestorePoint.class::cast)
            .filter(point -> point.getFinishedAt().isBefore(brokenAt))
            .map(RestorePoint::getTakenAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    Instant taken = taken(records);
    // Azure says the moment in its own words, to the second or finer.
    boolean holds = !taken.isBefore(newest.minusSeconds(2)) && !taken.isAfter(brokenAt);
    Demand.that(
        failures,
        "the newest snapshot from before the loss is restored, of " + newest,
        holds,
        "it is of " + taken);
  }

  private Instant taken(IncidentRecords records) {
    return Optional.ofNullable(facts(records).get("restore-point-taken-at"))
        .map(Instant::parse)
        .orElse(Instant.MIN);
  }

  /** A snapshot has all that was acknowledged before it was ordered. */
  private void demandContents(
      IncidentRecords records,
      String claim,
      List<TrafficLedger.Entry> ledger,
      List<String> failures)
      throws IOException {
    if (!component.equals(USUAL)) {
      return;
    }
    Instant taken = taken(records);
    Set<String> kept =
        lab.volumes().lines(claim, ".jsonl").stream().collect(Collectors.toUnmodifiableSet());
    List<TrafficLedger.Entry> early =
        ledger.stream()
            // The other deployment has no audit buffer.
            .filter(entry -> !entry.isThroughCloud())
            .filter(entry -> entry.at().isBefore(taken))
            .toList();
    long missing =
        early.stream()
            .filter(
                entry ->
                    !kept.contains(
                        "{\"id\":%d,\"hmac\":\"%s\"}".formatted(entry.id(), entry.hmac())))
            .count();
    say.accept(
        "  the clients' own record: %d events acknowledged before the snapshot, %d of them not on the restored volume"
            .formatted(early.size(), missing));
    Demand.that(
        failures,
        "every event of before the snapshot is on the restored volume",
        missing == 0 && !early.isEmpty(),
        missing + " of " + early.size() + " are not");
  }

  /** Redis comes up on what the snapshot had of it. */
  private SessionTruth demandSessions(
      IncidentRecords records, List<SessionLedger.Entry> sessions, List<String> failures)
      throws IOException, InterruptedException {
    SessionTruth users = SessionTruth.of(lab, sessions, taken(records));
    users.demand(failures, "after the recovery");
    Demand.that(failures, "users log in", SessionCalm.moreLogins(lab, 5, READY), "no login");
    return users;
  }

  private Map<String, String> facts(IncidentRecords records) {
    return records.progress().stream()
        .filter(event -> event.getTransition() == StepTransition.DONE)
        .filter(event -> event.getStepId().equals(component + ".restore"))
        .reduce((a, b) -> b)
        .map(StepEvent::getFacts)
        .map(Facts::toMap)
        .orElse(Map.of());
  }
}
