package io.arbitex.recovery.detector;

import static io.arbitex.recovery.detector.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.RecoveryEvent;
import io.arbitex.recovery.configuration.ConnectionSecret;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.detector.integrity.Checkpoints;
import io.arbitex.recovery.detector.integrity.IntegritySettings;
import io.arbitex.recovery.detector.integrity.IntegrityWatch;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.runtime.Bindings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a detector says of a real database that answers, and whose data is damaged. */
@Timeout(60)
class IntegrityTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static PostgresFixture postgres;
  private static int databases;

  @TempDir private Path folder;
  private final List<Baseline> published = new CopyOnWriteArrayList<>();
  private volatile Bindings.Database bound;
  private volatile boolean topicIsThere = true;
  private final AtomicInteger asked = new AtomicInteger();
  private IntegrityWatch watch;
  private PostgresqlProbe probe;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start();
    postgres.createDatabase("template_whole");
    try (Connection connection = postgres.connect("template_whole")) {
      AuditTables.createFilled(connection, 500);
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  @BeforeEach
  void bind() throws Exception {
    Files.write(folder.resolve("key"), AuditTables.KEY);
    Files.writeString(folder.resolve("password"), PostgresFixture.PASSWORD);
    bound = database("primary", 0);
  }

  @AfterEach
  void end() {
    stop();
  }

  // ---- damage ---------------------------------------------------------------------------------

  @Test
  void anOldEventThatWasRewrittenIsSaidInEachRoundUntilItIsMended() throws Exception {
    start(every(SHORT));
    until(() -> published.size() >= 2);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    execute("UPDATE audit_events SET actor = 'mallory' WHERE id = 77");
    Observation seen = awaitBad();
    assertThat(seen.status()).isEqualTo(HealthStatus.DEGRADED);
    assertThat(seen.symptom()).isEqualTo(Symptom.CORRUPT);
    assertThat(seen.detail()).contains("of 500 events").contains("BAD_HMAC at id 77");
    int before = published.size();
    for (int i = 0; i < 5; i++) {
      assertThat(look()).extracting(Observation::symptom).isEqualTo(Symptom.CORRUPT);
    }
    assertThat(published).as("nothing damaged was signed").hasSize(before);

    execute("UPDATE audit_events SET actor = 'user-' || id % 7 WHERE id = 77");
    until(() -> published.size() > before);
    until(() -> look().status() == HealthStatus.UP);
  }

  @Test
  void aTailThatIsCutIsSeenByAnObserverThatMakesNoFullChecks() throws Exception {
    start(new IntegritySettings(Duration.ZERO, Duration.ZERO, LIMIT));
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    append(10);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    execute("DELETE FROM audit_events WHERE id > 505");
    Observation seen = look();
    assertThat(seen.symptom()).isEqualTo(Symptom.CORRUPT);
    assertThat(seen.detail()).contains("CUT_TAIL at id 506");
    assertThat(published).isEmpty();
  }

  /** Review: every observer called a platform corrupt that had gone on with another key. */
  @Test
  void aPlatformThatGoesOnWithAnotherKeyIsNotCorrupt() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    byte[] other = "another-key".getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("key"), other);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    try (Connection connection = postgres.connect(bound.database())) {
      connection.setAutoCommit(false);
      new RecoveryEvent("i-1", "c-1", "point", Instant.now(), 5)
          .append(connection, other, Clock.systemUTC());
      connection.commit();
    }
    int before = published.size();
    for (int i = 0; i < 10; i++) {
      assertThat(look()).extracting(Observation::status).isEqualTo(HealthStatus.UP);
    }
    restart(every(SHORT));
    for (int i = 0; i < 10; i++) {
      assertThat(look()).extracting(Observation::status).isEqualTo(HealthStatus.UP);
    }
    assertThat(published).as("nothing is proven by a key that fits one event").hasSize(before);
    execute("UPDATE audit_events SET actor = 'mallory' WHERE id = 501");
    assertThat(look().symptom()).isEqualTo(Symptom.CORRUPT);
  }

  @Test
  void halfOfTheTenantsIsMissingAndOneOfThemIsNot() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    execute("DELETE FROM policy_rules WHERE tenant_id = 12", "DELETE FROM tenants WHERE id = 12");
    until(() -> newest().getCounts().get(0).getRows() == 11);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    execute("DELETE FROM policy_rules", "DELETE FROM tenants WHERE id > 6");
    Observation seen = awaitBad();
    assertThat(seen.status()).isEqualTo(HealthStatus.DOWN);
    assertThat(seen.symptom()).isEqualTo(Symptom.DATA_MISSING);
    assertThat(seen.detail()).contains("tenants has lost 5 of 11 rows");
  }

  @Test
  void aPageWithAWrongChecksumIsCorruptThoughNoProbeReadsIt() throws Exception {
    execute("CREATE TABLE invoices AS SELECT i FROM generate_series(1, 1000) i", "CHECKPOINT");
    String file = text("SELECT pg_relation_filepath('invoices')");
    start(every(SHORT));
    until(() -> look().status() == HealthStatus.UP);
    stop();
    postgres.stop();
    try (RandomAccessFile page =
        new RandomAccessFile(postgres.data().resolve(file).toFile(), "rw")) {
      page.seek(4_000);
      page.write(new byte[] {1, 2, 3, 4});
    }
    postgres.startServer();
    start(every(SHORT));
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    try (Connection connection = postgres.connect(bound.database());
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT sum(i) FROM invoices"))
          .hasMessageContaining("invalid page");
    }
    Observation seen = awaitBad();
    assertThat(seen.symptom()).isEqualTo(Symptom.CORRUPT);
    assertThat(seen.detail()).contains("wrong checksum");
    restart(every(SHORT));
    assertThat(awaitBad().symptom()).as("at first sight too").isEqualTo(Symptom.CORRUPT);
  }

  @Test
  void anIndexThatMissesRowsIsFoundByAmcheckWhereItIsAllowed() throws Exception {
    IntegritySettings often = new IntegritySettings(Duration.ZERO, SHORT, LIMIT);
    execute(
        "CREATE FUNCTION shown(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
        "CREATE INDEX shown ON policy_rules (shown(id))",
        "CREATE OR REPLACE FUNCTION shown(int) RETURNS int IMMUTABLE LANGUAGE sql"
            + " AS 'SELECT $1 + 1000'");
    start(often);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    assertThat(look().status()).as("without the extension").isEqualTo(HealthStatus.UP);
    execute("CREATE EXTENSION amcheck");
    Observation seen = awaitBad();
    assertThat(seen.symptom()).isEqualTo(Symptom.CORRUPT);
    assertThat(seen.detail()).contains("pg_amcheck").contains("shown");
    execute("REINDEX INDEX shown");
    until(() -> look().status() == HealthStatus.UP);
  }

  // ---- anchors --------------------------------------------------------------------------------

  @Test
  void aDetectorThatStartsAnewDoesNotSignWhatWasDamagedMeanwhile() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    stop();
    execute("DELETE FROM policy_rules", "DELETE FROM tenants WHERE id > 6");
    int before = published.size();
    start(every(SHORT));
    assertThat(awaitBad().detail()).contains("tenants has lost 6 of 12 rows");
    assertThat(published).hasSize(before);
  }

  @Test
  void anAnchorThatCannotBeReadIsNotTakenForNone() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    stop();
    execute("DELETE FROM policy_rules", "DELETE FROM tenants WHERE id > 6");
    int before = published.size();
    topicIsThere = false;
    asked.set(0);
    start(every(SHORT));
    until(() -> asked.get() >= 2);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    assertThat(published).hasSize(before);
    topicIsThere = true;
    assertThat(awaitBad().symptom()).isEqualTo(Symptom.DATA_MISSING);
  }

  @Test
  void aForgedCheckpointAndOneOfAnotherPlatformAreNotBelieved() throws Exception {
    start(every(Duration.ofHours(1)));
    until(() -> published.size() == 1);
    stop();
    Baseline real = published.get(0);
    Baseline forged = Baseline.newBuilder(real).setTakenAt(Instant.now()).build();
    forged.setCounts(List.of(new TableCount("tenants", 100_000L)));
    published.add(forged);
    Baseline other = Baseline.newBuilder(forged).setPlatform("weu-2").build();
    published.add(Checkpoint.sign(other, real.getResource(), 0, AuditTables.KEY));
    start(every(Duration.ofHours(1)));
    until(() -> published.size() == 4);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
  }

  @Test
  void aRestoredDatabaseIsNotHeldAgainstTheOneThatWasGivenUp() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    Bindings.Database restored = database("spare/restored", 1);
    execute(restored, "DELETE FROM policy_rules", "DELETE FROM tenants WHERE id > 6");
    execute(restored, "DELETE FROM audit_events WHERE id > 400");
    bound = restored;
    until(() -> newest().getBindingEpoch() == 1);
    Baseline checkpoint = newest();
    assertThat(checkpoint.getResource()).isEqualTo("spare/restored");
    assertThat(checkpoint.getAuditHeadId()).isEqualTo(400);
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
  }

  @Test
  void aRestoredDatabaseWithABrokenChainGetsNoCheckpoint() throws Exception {
    start(every(SHORT));
    until(() -> !published.isEmpty());
    Bindings.Database restored = database("spare/restored", 1);
    execute(restored, "UPDATE audit_events SET tenant_id = 3 WHERE id = 5");
    bound = restored;
    assertThat(awaitBad().detail()).contains("id 5");
    assertThat(published).extracting(Baseline::getBindingEpoch).containsOnly(0L);
  }

  // ---- the probe goes on ----------------------------------------------------------------------

  @Test
  void aFullCheckThatHangsSaysNothingAndHoldsNoProbeUp() throws Exception {
    try (Connection holder = postgres.connect(bound.database());
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("LOCK TABLE tenants");
      start(new IntegritySettings(SHORT, Duration.ZERO, Duration.ofMillis(400)));
      until(() -> waiting() > 0);
      for (int i = 0; i < 5; i++) {
        assertThat(look().status()).isEqualTo(HealthStatus.UP);
      }
      until(() -> waiting() == 0);
      assertThat(look().status()).isEqualTo(HealthStatus.UP);
      assertThat(published).isEmpty();
    }
    until(() -> !published.isEmpty());
  }

  @Test
  void withoutTheAuditKeyNothingIsJudged() throws Exception {
    start(new IntegritySettings(Duration.ZERO, Duration.ZERO, LIMIT));
    assertThat(look().status()).isEqualTo(HealthStatus.UP);
    Files.delete(folder.resolve("key"));
    execute("UPDATE audit_events SET actor = 'mallory' WHERE id = 500");
    assertThat(look().status()).as("without a key nothing is judged").isEqualTo(HealthStatus.UP);
    Files.write(folder.resolve("key"), AuditTables.KEY);
    assertThat(look().symptom()).isEqualTo(Symptom.CORRUPT);
  }

  // ---- how it is set up -----------------------------------------------------------------------

  private static IntegritySettings every(Duration pause) {
    return new IntegritySettings(pause, Duration.ZERO, LIMIT);
  }

  private void restart(IntegritySettings settings) {
    stop();
    start(settings);
  }

  private void stop() {
    if (watch != null) {
      watch.close();
    }
  }

  private void start(IntegritySettings settings) {
    Inventory.Postgresql postgresql =
        new Inventory.Postgresql(
            "arbitex",
            "primary",
            List.of(bound.server()),
            List.of("primary"),
            "arbitex_app",
            new ConnectionSecret.InFile(folder.resolve("url")),
            List.of(folder),
            postgres.tools(),
            List.of("tenants", "audit_events"),
            Map.of(),
            Optional.empty());
    Inventory.Component component =
        new Inventory.Component(
            "postgresql",
            "postgresql",
            true,
            List.of(),
            List.of(),
            Optional.of(postgresql),
            Optional.empty(),
            Optional.empty());
    Inventory.Platform platform =
        new Inventory.Platform(
            "weu-1",
            List.of("observer-a"),
            new Inventory.Endpoints(
                List.of(), Optional.empty(), reference("token"), reference("key")),
            Optional.empty(),
            Optional.empty(),
            List.of(component),
            1,
            2);
    watch =
        new IntegrityWatch(
            new IntegrityWatch.Place(platform, component, postgresql, "observer-a"),
            settings,
            Duration.ofMillis(5),
            () -> bound,
            topic(),
            Clock.systemUTC(),
            published::add);
    probe =
        new PostgresqlProbe(
            "weu-1",
            "postgresql",
            "observer-a",
            Duration.ofSeconds(10),
            Clock.systemUTC(),
            canary -> {},
            watch);
  }

  private Checkpoints topic() {
    return (platform, believed) -> {
      asked.incrementAndGet();
      if (!topicIsThere) {
        throw new IOException("the topic cannot be read");
      }
      return published.stream().filter(believed).max(Comparator.comparing(Baseline::getTakenAt));
    };
  }

  private Bindings.Database database(String resource, long epoch) throws SQLException {
    String name = "whole" + ++databases;
    postgres.execute("postgres", "CREATE DATABASE " + name + " TEMPLATE template_whole");
    Inventory.Server server =
        new Inventory.Server(
            "primary",
            "127.0.0.1",
            postgres.port(),
            "disable",
            PostgresFixture.USER,
            reference("password"));
    return new Bindings.Database(server, name, resource, epoch);
  }

  private SecretReference reference(String file) {
    return new SecretReference("file:" + file, folder.resolve(file));
  }

  private Observation look() {
    try {
      return probe.look(bound, Instant.EPOCH);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Observation awaitBad() throws InterruptedException {
    until(() -> look().status() != HealthStatus.UP);
    return look();
  }

  private Baseline newest() {
    return published.get(published.size() - 1);
  }

  private long waiting() {
    return number(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'recovery-integrity'"
            + " AND wait_event_type = 'Lock'");
  }

  private static long number(String query) {
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String text(String query) throws SQLException {
    try (Connection connection = postgres.connect(bound.database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private void append(long events) throws SQLException {
    try (Connection connection = postgres.connect(bound.database())) {
      AuditTables.append(connection, events);
    }
  }

  private void execute(String... statements) throws SQLException {
    execute(bound, statements);
  }

  private static void execute(Bindings.Database database, String... statements)
      throws SQLException {
    try (Connection connection = postgres.connect(database.database());
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
