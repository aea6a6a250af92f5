package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.ZstdInputStream;
import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.BaselineComparison;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

class PostgresqlBackupTest {
  private static final List<String> TABLES = List.of("tenants", "policy_rules", "audit_events");

  private static PostgresFixture postgres;
  private static DatabaseAddress source;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start();
    source = postgres.createDatabase("arbitex");
    try (Connection connection = postgres.connect("arbitex")) {
      AuditTables.createFilled(connection, 2_000);
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  private PostgresqlBackup backup() {
    return new PostgresqlBackup(postgres.tools(), Clock.systemUTC(), Duration.ofMinutes(1));
  }

  private PostgresqlBackup.Order order(DatabaseAddress address) {
    return new PostgresqlBackup.Order("lab", "postgresql", "primary", address, TABLES, folder);
  }

  private static void run(DatabaseAddress into, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(into.environment());
    assertThat(builder.start().waitFor()).isZero();
  }

  @Test
  void aDumpHoldsExactlyWhatItsBaselineSaysWhileTrafficGoesOn() throws Exception {
    CountDownLatch wrote = new CountDownLatch(3);
    Thread traffic =
        new Thread(
            () -> {
              try (Connection connection = postgres.connect("arbitex")) {
                while (!Thread.currentThread().isInterrupted()) {
                  AuditTables.append(connection, 3);
                  wrote.countDown();
                }
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            },
            "test-traffic");
    traffic.start();
    RestorePoint point;
    try {
      wrote.await();
      point = backup().take(order(source));
    } finally {
      traffic.interrupt();
      traffic.join();
    }
    Path dump = Path.of(point.getLocation());
    assertThat(point.getSha256()).isEqualTo(Digests.sha256(Files.readAllBytes(dump)));
    assertThat(point.getSizeBytes()).isEqualTo(Files.size(dump));
    assertThat(point.getTakenAt()).isBefore(point.getFinishedAt());
    assertThat(RestorePointManifest.read(RestorePointManifest.of(dump))).isEqualTo(point);
    assertThat(folder.toFile().list()).hasSize(2);

    DatabaseAddress restored = postgres.createDatabase("restored");
    run(
        restored,
        postgres.tools().resolve("pg_restore").toString(),
        "-e",
        "-1",
        "-d",
        "restored",
        dump.toString());
    try (Connection connection = postgres.connect("restored")) {
      Baseline measured =
          new BaselineReader("lab", "postgresql", TABLES, Clock.systemUTC())
              .read(connection, "restored");
      assertThat(BaselineComparison.exactly(point.getBaseline(), measured))
          .allMatch(CheckResult::passed);
    }
    assertThat(
            new AuditChain(AuditTables.KEY)
                .verify(restored, 2, Optional.of(ChainAnchor.of(point.getBaseline())))
                .valid())
        .isTrue();
  }

  @Test
  void rowsOfALargeTableStandBesideTheDumpEachOnceWhileTrafficGoesOn() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Thread traffic =
        new Thread(
            () -> {
              try (Connection connection = postgres.connect("arbitex")) {
                while (!enough.get()) {
                  AuditTables.append(connection, 3);
                }
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            },
            "test-traffic");
    traffic.start();
    RestorePoint point;
    try {
      point =
          new PostgresqlBackup(postgres.tools(), Clock.systemUTC(), Duration.ofMinutes(1), 200_000)
              .take(order(source));
    } finally {
      enough.set(true);
      traffic.join();
    }
    assertThat(point.getParts()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(point.getLocation())
        .as("its name says that pg_restore alone leaves a table empty")
        .endsWith(".split.dump");
    assertThat(point.getParts().stream().mapToLong(DumpPart::getRows).sum())
        .isEqualTo(point.getBaseline().getAuditCount());
    Path far = folder.resolve("far");
    BackupCopies.copy(point, far);
    RestorePoint copy = RestorePointManifest.list(List.of(far)).restorePoints().get(0).point();
    Path dump = Path.of(copy.getLocation());
    DatabaseAddress restored = postgres.createDatabase("split");
    String restore = postgres.tools().resolve("pg_restore").toString();
    run(restored, restore, "-e", "-d", "split", dump.toString());
    for (DumpPart part : copy.getParts()) {
      Path file = dump.resolveSibling(part.getFile());
      assertThat(DumpContent.sha256(file)).isEqualTo(part.getSha256());
      assertThat(Files.size(file)).isEqualTo(part.getSizeBytes());
      try (Connection connection = postgres.connect("split");
          InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + part.getTable() + " FROM STDIN (FORMAT binary)", in);
      }
    }
    try (Connection connection = postgres.connect("split")) {
      Baseline measured =
          new BaselineReader("lab", "postgresql", TABLES, Clock.systemUTC())
              .read(connection, "split");
      assertThat(BaselineComparison.exactly(point.getBaseline(), measured))
          .allMatch(CheckResult::passed);
    }
    new Retention(1).apply(far, "lab", "postgresql");
    assertThat(far.toFile().list()).hasSize(copy.getParts().size() + 2);
    RestorePoint newer = backup().take(order(source));
    BackupCopies.copy(newer, far);
    new Retention(1).apply(far, "lab", "postgresql");
    assertThat(far.toFile().list()).as("the parts go with their dump").hasSize(2);
  }

  @Test
  void aFailureLeavesNothingBehindAndSaysWhatToDo() {
    BackupFailed gone =
        catchThrowableOfType(
            BackupFailed.class, () -> backup().take(order(source.withDatabase("absent"))));
    assertThat(gone).hasMessageContaining("absent");
    assertThat(gone.hint()).isNotEmpty();
    BackupFailed wrong =
        catchThrowableOfType(
            BackupFailed.class,
            () -> backup().take(order(source.withLogin(PostgresFixture.USER, "wrong"))));
    assertThat(wrong.hint()).contains("password");
    assertThat(wrong.getMessage()).doesNotContain("wrong password is");
    BackupFailed noTool =
        catchThrowableOfType(
            BackupFailed.class,
            () ->
                new PostgresqlBackup(folder, Clock.systemUTC(), Duration.ofMinutes(1))
                    .take(order(source)));
    assertThat(noTool.hint()).contains("Install PostgreSQL's client");
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void aToolThatFailsHalfWayLeavesNoDump(@TempDir Path tools) throws Exception {
    Path tool =
        Files.createFile(
            tools.resolve("pg_dump"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        tool,
        """
        #!/bin/sh
        if [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) 99.1"; exit 0; fi
        for each in "$@"; do
          case "$each" in --file=*) printf PGDMP > "${each#--file=}";; esac
        done
        echo "pg_dump: error: the disk is full" >&2
        exit 1
        """);
    BackupFailed failed =
        catchThrowableOfType(
            BackupFailed.class,
            () ->
                new PostgresqlBackup(tools, Clock.systemUTC(), Duration.ofMinutes(1))
                    .take(order(source)));
    assertThat(failed).hasMessageContaining("the disk is full");
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void anOldToolIsRefusedBeforeItMakesAnEmptyBackup(@TempDir Path tools) throws Exception {
    Path tool =
        Files.createFile(
            tools.resolve("pg_dump"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(tool, "#!/bin/sh\necho \"pg_dump (PostgreSQL) 9.6.24\"\n");
    BackupFailed failed =
        catchThrowableOfType(
            BackupFailed.class,
            () ->
                new PostgresqlBackup(tools, Clock.systemUTC(), Duration.ofMinutes(1))
                    .take(order(source)));
    assertThat(failed).hasMessageContaining("pg_dump 9.6.24 is older than the server's");
  }

  @Test
  void theNewestAreKeptAndAManifestNeverOutlivesItsDump() throws Exception {
    for (int hour = 0; hour < 5; hour++) {
      Clock clock =
          Clock.fixed(
              Instant.parse("2026-03-10T10:00:00Z").plusSeconds(3600L * hour),
              java.time.ZoneOffset.UTC);
      RestorePoint point =
          new PostgresqlBackup(postgres.tools(), clock, Duration.ofMinutes(1)).take(order(source));
      BackupCopies.copy(point, folder.resolve("far"));
    }
    Files.writeString(folder.resolve("lab-by-hand.dump"), "not ours");
    List<RestorePoint> deleted = new Retention(2).apply(folder, "lab", "postgresql");
    assertThat(deleted)
        .extracting(RestorePoint::getId)
        .containsExactly(
            "postgresql-20260310-120000-000",
            "postgresql-20260310-110000-000",
            "postgresql-20260310-100000-000");
    RestorePointManifest.Catalogue left = RestorePointManifest.list(List.of(folder));
    assertThat(left.restorePoints()).hasSize(2);
    assertThat(left.unreadable()).isEmpty();
    assertThat(folder.resolve("lab-by-hand.dump")).exists();
    assertThat(new Retention(2).apply(folder, "other", "postgresql")).isEmpty();
    RestorePointManifest.Catalogue far = RestorePointManifest.list(List.of(folder.resolve("far")));
    assertThat(far.restorePoints()).hasSize(5);
    for (RestorePointManifest.Found found : far.restorePoints()) {
      assertThat(Digests.sha256(Files.readAllBytes(found.dump())))
          .isEqualTo(found.point().getSha256());
    }
  }
}
