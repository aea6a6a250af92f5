package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.runtime.KillSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupScheduleTest {
  private static PostgresFixture postgres;

  @TempDir Path temporary;

  private final List<RestorePoint> published = new ArrayList<>();
  private Duration passed = Duration.ZERO;
  private Bindings.Database bound;
  private Path near;
  private Path far;
  private Path killSwitch;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start();
    postgres.createDatabase("arbitex");
    postgres.createDatabase("restored");
    for (String database : List.of("arbitex", "restored")) {
      try (Connection connection = postgres.connect(database)) {
        AuditTables.createFilled(connection, 20);
      }
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    near = Files.createDirectory(temporary.resolve("near"));
    far = temporary.resolve("far");
    killSwitch = temporary.resolve("kill-switch");
    Path password = Files.writeString(temporary.resolve("password"), PostgresFixture.PASSWORD);
    bound = database("arbitex", password, 0);
  }

  private static Bindings.Database database(String name, Path password, long epoch) {
    Inventory.Server server =
        new Inventory.Server(
            "primary",
            "127.0.0.1",
            postgres.port(),
            "disable",
            PostgresFixture.USER,
            new SecretReference("file:" + password, password));
    return new Bindings.Database(server, name, "primary/" + name, epoch);
  }

  private BackupSchedule schedule(int keep) {
    ConnectionSecret none = new ConnectionSecret.InFile(far);
    Inventory.Postgresql settings =
        new Inventory.Postgresql(
            "arbitex",
            "primary",
            List.of(bound.server()),
            List.of("primary"),
            "arbitex_app",
            none,
            List.of(near, far),
            postgres.tools(),
            List.of("tenants", "audit_events"),
            Map.of(),
            Optional.empty());
    PostgresqlBackup backup =
        new PostgresqlBackup(postgres.tools(), new TestClock(), Duration.ofMinutes(1));
    return new BackupSchedule(
        "lab",
        "postgresql",
        new FolderShelf("lab", "postgresql", settings.backups(), new Retention(keep)),
        () -> {
          Bindings.Database now = bound;
          return new BackupSchedule.Bound(
              now.resource(),
              now.epoch(),
              () -> backup.take(PostgresqlBackup.Order.of("lab", "postgresql", settings, now)));
        },
        KillSwitch.of(killSwitch),
        Duration.ofHours(2),
        () -> passed.toNanos(),
        published::add,
        () -> false);
  }

  private final class TestClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.parse("2026-03-10T14:00:00Z").plus(passed);
    }
  }

  private int dumps(Path folder) {
    return RestorePointManifest.list(List.of(folder)).restorePoints().size();
  }

  @Test
  void oneAtOnceAndThenOneEveryPeriodEachWithACopy() throws InterruptedException {
    BackupSchedule schedule = schedule(84);
    schedule.turn();
    schedule.turn();
    passed = Duration.ofMinutes(119);
    schedule.turn();
    assertThat(published).hasSize(1);
    passed = Duration.ofHours(2);
    schedule.turn();
    assertThat(published).hasSize(2);
    assertThat(dumps(near)).isEqualTo(2);
    assertThat(dumps(far)).isEqualTo(2);
    assertThat(schedule.failure()).isEmpty();
  }

  @Test
  void aRecoveredDatabaseGetsARestorePointOfItsOwnAtOnce() throws InterruptedException {
    BackupSchedule schedule = schedule(84);
    schedule.turn();
    passed = Duration.ofMinutes(1);
    bound = database("restored", bound.server().password().file(), 1);
    schedule.turn();
    assertThat(published)
        .extracting(point -> point.getBaseline().getSource())
        .containsExactly("primary/arbitex", "primary/restored");
    schedule.turn();
    assertThat(published).hasSize(2);
  }

  @Test
  void aFailureIsToldAndTriedAgainSoonButNotInALoop() throws InterruptedException {
    Bindings.Database good = bound;
    bound = database("absent", good.server().password().file(), 0);
    BackupSchedule schedule = schedule(84);
    schedule.turn();
    assertThat(schedule.failure().orElseThrow()).contains("no backup of lab/postgresql", "absent");
    bound = good;
    passed = Duration.ofSeconds(14);
    schedule.turn();
    assertThat(published).isEmpty();
    passed = Duration.ofSeconds(16);
    schedule.turn();
    assertThat(published).hasSize(1);
    assertThat(schedule.failure()).isEmpty();
  }

  @Test
  void theKillSwitchKeepsOldRestorePointsFromBeingDeleted() throws Exception {
    BackupSchedule schedule = schedule(1);
    schedule.turn();
    Files.createFile(killSwitch);
    passed = Duration.ofHours(2);
    schedule.turn();
    assertThat(dumps(near)).isEqualTo(2);
    Files.delete(killSwitch);
    passed = Duration.ofHours(4);
    schedule.turn();
    assertThat(dumps(near)).isEqualTo(1);
    assertThat(dumps(far)).isEqualTo(1);
    assertThat(published)
        .filteredOn(point -> point.getState() == RestorePointState.EXPIRED)
        .extracting(RestorePoint::getId)
        .containsExactly("postgresql-20260310-160000-000", "postgresql-20260310-140000-000");
  }
}
