package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.RestorePointManifest.Found;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.MarkdownReport;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What a recovery needs is damaged: the newest dump is cut, and the spare refuses the login. */
class DamageIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String WRONG = "not-the-password";

  /** Cruise Control #704: a failed recovery wedged the executor, and nothing went on after it. */
  @Test
  @EnabledIfSystemProperty(
      named = "drills",
      matches = "all",
      disabledReason = "a minute and a half; `./dr test -Ddrills=all` runs it")
  void aRefusedLoginIsEscalatedAndACutDumpIsPassedOver() throws Exception {
    LabOptions options =
        LabOptions.DEFAULT.withEvents(50_000).withBackupEvery(Duration.ofSeconds(8));
    try (DrillWorld world = DrillWorld.up("damage", options)) {
      Watcher watcher = world.watch(value -> {});
      Calm.await(world.lab(), watcher);
      List<Found> dumps = cutNewest(world, watcher);
      DatabaseAddress spare = world.lab().admin("spare", "postgres");
      Path password = world.lab().folder().root().resolve("secrets/spare-admin-password");
      String right = Files.readString(password);
      DatabaseAddress database = world.lab().platformDatabase();
      Files.writeString(password, WRONG);

      Instant since = Instant.now();
      world.lab().killPostgresql("primary");
      String id = escalated(world, watcher, since);
      assertThat(DrillWorld.databases(spare)).as("nothing is left on the spare").isEmpty();
      assertThat(world.lab().platformDatabase()).isEqualTo(database);
      assertThat(Path.of(world.state().server("primary").data(), "PG_VERSION"))
          .as("the old data is not touched")
          .exists();
      assertThat(newestFirst(world)).as("no dump is removed").hasSameSizeAs(dumps);
      assertThat(watcher.records()).doesNotHaveAnyElementsOfTypes(Binding.class);
      assertThat(world.awaitMessage(LIMIT, id, "password")).as("a person is told").isTrue();

      // The person mends what the message names, and says: again.
      Files.writeString(password, right);
      List<TrafficLedger.Entry> ledger = TrafficLedger.read(world.state().file("ledger"));
      assertThat(world.dr("retry", id, "--by", "sre", "--reason", "the password is mended"))
          .isZero();
      assertThat(
              watcher.awaitIncident(
                  LIMIT, since, event -> event.getKind() == IncidentKind.RESOLVED))
          .as("%s", world.told(id))
          .isPresent();
      recoveredFromTheDumpBefore(world, watcher, id, dumps, ledger);
    }
  }

  /** Waits for two dumps, stops the taking of more, and cuts the newest in the middle. */
  private static List<Found> cutNewest(DrillWorld world, Watcher watcher) throws Exception {
    assertThat(
            watcher.awaitAll(
                LIMIT,
                records ->
                    records.stream()
                            .filter(RestorePoint.class::isInstance)
                            .map(record -> ((RestorePoint) record).getId())
                            .distinct()
                            .count()
                        >= 2))
        .as("two dumps are there")
        .isTrue();
    world.lab().kill("backup");
    List<Found> dumps = newestFirst(world);
    Path newest = dumps.get(0).dump();
    try (FileChannel file = FileChannel.open(newest, StandardOpenOption.WRITE)) {
      file.truncate(Files.size(newest) / 2);
    }
    return dumps;
  }

  private static List<Found> newestFirst(DrillWorld world) throws IOException {
    return RestorePointManifest.list(List.of(world.state().file("backups"))).restorePoints();
  }

  private static String escalated(DrillWorld world, Watcher watcher, Instant since)
      throws Exception {
    Optional<IncidentEvent> end = watcher.awaitIncident(LIMIT, since, Watcher::isEnd);
    assertThat(end).as("%s", world.told()).isPresent();
    IncidentEvent escalated = end.get();
    assertThat(escalated.getKind()).as("%s", world.told()).isEqualTo(IncidentKind.ESCALATED);
    assertThat(escalated.getText()).contains("spare").contains("password authentication failed");
    assertThat(escalated.getNext()).as("what to do").containsIgnoringCase("password");
    IncidentRecords records = watcher.incident(escalated.getIncidentId());
    StepEvent failed =
        records.progress().stream()
            .filter(event -> event.getTransition() == StepTransition.FAILED)
            .findFirst()
            .orElseThrow();
    assertThat(failed.getError().getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(failed.getError().getLeftBehind()).isEmpty();
    assertThat(MarkdownReport.of(records, Summary.of("damage", records)))
        .contains("password authentication failed")
        .doesNotContain(WRONG);
    return escalated.getIncidentId();
  }

  private static void recoveredFromTheDumpBefore(
      DrillWorld world,
      Watcher watcher,
      String id,
      List<Found> dumps,
      List<TrafficLedger.Entry> ledger)
      throws Exception {
    String cut = dumps.get(0).point().getId();
    RestorePoint before = dumps.get(1).point();
    IncidentRecords records = watcher.incident(id);
    StepEvent restored =
        records.progress().stream()
            .filter(event -> event.getStepId().equals("postgresql.restore"))
            .filter(event -> event.getTransition() == StepTransition.DONE)
            .findFirst()
            .orElseThrow();
    assertThat(Facts.find(restored.getFacts(), "rejected").orElse(""))
        .as("which was passed over, and why")
        .contains(cut)
        .containsPattern("bytes|sha256|size");
    assertThat(watcher.awaitMetrics(LIMIT, id)).isTrue();
    records = watcher.incident(id);
    assertThat(MarkdownReport.of(records, Summary.of("damage", records)))
        .contains("Passed over: " + cut);
    LossMetric loss = records.losses().get(0);
    assertThat(loss.getRestorePoint()).isEqualTo(before.getId());
    Truth truth =
        Truth.of(world.lab(), world.lab().platformDatabase(), ledger, before.getTakenAt());
    assertThat(truth.lostBefore()).isZero();
    assertThat(truth.lost()).isBetween(loss.getLostEventsMin(), loss.getLostEventsMax());
    assertThat(truth.databases()).hasSize(1);
    assertThat(Calm.moreTraffic(world.lab(), 20, LIMIT)).as("the platform works").isTrue();
  }
}
