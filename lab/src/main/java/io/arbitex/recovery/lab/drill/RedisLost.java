package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.traffic.SessionLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.LabVolumes;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Redis' sessions are gone while users go on to log in. Demanded: recovered and proven, every
 * session of before the restored moment there with its value, and still there after another restart
 * of the pod; events acknowledged all the time; for a flush no cutover before a person's approval.
 */
final class RedisLost implements Disaster {
  private static final Duration BACKUP_EVERY = Duration.ofSeconds(10);
  private static final Duration READY = Duration.ofSeconds(30);

  /** An append-only file is gone back in by whole seconds; a backup may have been taken in them. */
  private static final Duration SECONDS_BEFORE = Duration.ofSeconds(5);

  private static final String CLAIM = LabVolumes.claim(VolumeLost.OF_REDIS);
  private static final long MANY = 500;
  private static final String PERSON = "sre-on-duty";

  /** How they are lost. */
  enum Break {
    /** The process is killed, and its data folder emptied: it comes back with nothing. */
    DATA_FOLDER("the data folder of Redis is emptied, and the server killed with signal 9"),
    /** Its volume object and its disk are gone, so a pod of it cannot start any more. */
    VOLUME("the volume of Redis and its disk are deleted, its pod gone"),
    /** The server lives on. */
    FLUSHALL("somebody types FLUSHALL in the wrong window");

    private final String words;

    Break(String words) {
      this.words = words;
    }
  }

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;
  private final Break how;

  RedisLost(
      Lab lab,
      Watcher watcher,
      Duration limit,
      Consumer<String> say,
      Scenario scenario,
      Break how) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
    this.how = how;
  }

  /** A world with Redis, backed up every ten seconds. */
  static LabOptions world(LabOptions options, List<String> procedures) {
    return options.withRedis(procedures).withBackupEvery(BACKUP_EVERY);
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, InvalidConfiguration {
    SessionCalm.await(lab, watcher);
    Instant brokenAt = Instant.now();
    say.accept("");
    say.accept("*** " + how.words + " ***");
    say.accept("");
    List<SessionLedger.Entry> ledger = SessionTruth.ledger(lab);
    String volume = lab.volumes().volume(CLAIM);
    switch (how) {
      case FLUSHALL -> lab.redis().flush();
      case DATA_FOLDER -> lab.redis().destroy();
      case VOLUME -> lab.volumes().lose(CLAIM);
    }
    List<String> failures = new ArrayList<>();
    if (how == Break.FLUSHALL) {
      approve(brokenAt, failures);
    }
    Optional<IncidentEvent> end =
        watcher.awaitIncident(limit, brokenAt, event -> isEnd(event, how));
    if (end.isEmpty()) {
      return DrillResult.endless(scenario.word(), watcher.opened(brokenAt), limit, crashes);
    }
    LossEnd ended = LossEnd.of(scenario, watcher, end.get(), failures);
    IncidentRecords records = ended.records();
    // A cutover that could not be proven afterwards is held against the truth too.
    boolean cutOver = done(records, "redis.cutover").isPresent();
    SessionTruth truth = cutOver ? againstTruth(records, ledger, brokenAt, failures) : null;
    if (how == Break.VOLUME && cutOver) {
      String now = lab.volumes().volume(CLAIM);
      Demand.that(failures, "its claim has another volume", !now.equals(volume), "it has " + now);
    }
    return ended.result(null, truth, crashes);
  }

  /** A block for want of an approval is no end when the drill gives it. */
  private static boolean isEnd(IncidentEvent event, Break how) {
    boolean asked =
        event.getKind() == IncidentKind.BLOCKED
            && event.getBlockedReason() == BlockedReason.APPROVAL_NEEDED;
    return Watcher.isEnd(event) && !(asked && how == Break.FLUSHALL);
  }

  private void approve(Instant brokenAt, List<String> failures)
      throws IOException, InterruptedException {
    Optional<IncidentEvent> asked =
        watcher.awaitIncident(
            limit, brokenAt, event -> event.getBlockedReason() == BlockedReason.APPROVAL_NEEDED);
    if (asked.isEmpty()) {
      failures.add("not so: a person's approval is asked for (not within " + limit + ")");
      return;
    }
    new Person(lab, PERSON).approves(asked.get(), "nobody meant to empty it", failures);
  }

  private SessionTruth againstTruth(
      IncidentRecords records,
      List<SessionLedger.Entry> ledger,
      Instant brokenAt,
      List<String> failures)
      throws IOException, InterruptedException {
    Instant restored = restoredMoment(records, brokenAt, failures);
    SessionTruth truth = SessionTruth.of(lab, ledger, restored);
    truth.demand(failures, "after the recovery");
    Demand.that(
        failures,
        "many sessions are from before the restored moment",
        truth.before() >= MANY,
        truth.before() + " of " + truth.acknowledged());
    Demand.that(failures, "users log in again", SessionCalm.moreLogins(lab, 5, READY), "no login");
    Demand.that(failures, "events are acknowledged", Calm.moreTraffic(lab, 20, READY), "no event");
    say.accept("*** the pod of Redis is deleted; another one takes its place ***");
    lab.redis().restartPod();
    SessionTruth.of(lab, ledger, restored).demand(failures, "after another restart of the pod");
    return truth;
  }

  private static Optional<StepEvent> done(IncidentRecords records, String step) {
    return records.progress().stream()
        .filter(event -> event.getTransition() == StepTransition.DONE)
        .filter(event -> event.getStepId().equals(step))
        .reduce((a, b) -> b);
  }

  /**
   * The moment whose state was restored, as the restore says it: it may be no older than the newest
   * backup that was there at the break.
   */
  private Instant restoredMoment(IncidentRecords records, Instant brokenAt, List<String> failures) {
    Optional<Instant> restored =
        done(records, "redis.restore")
            .map(StepEvent::getFacts)
            .flatMap(
                facts ->
                    Facts.find(facts, "restore-point-taken-at")
                        .or(() -> Facts.find(facts, "aof-target")))
            .map(Instant::parse);
    Optional<Instant> newest =
        watcher.records().stream()
            .filter(RestorePoint.class::isInstance)
            .map(RestorePoint.class::cast)
            .filter(point -> point.getComponent().equals("redis"))
            .filter(point -> point.getFinishedAt().isBefore(brokenAt))
            .map(RestorePoint::getTakenAt)
            .max(Comparator.naturalOrder());
    boolean young =
        restored.isPresent()
            && newest.isPresent()
            && (!restored.get().isBefore(newest.get())
                || !restored.get().isBefore(brokenAt.minus(SECONDS_BEFORE)));
    Demand.that(
        failures,
        "what is restored is no older than the newest backup of " + newest.orElse(null),
        young,
        "it is of " + restored.orElse(null));
    return restored.filter(moment -> moment.isBefore(brokenAt)).orElse(brokenAt);
  }
}
