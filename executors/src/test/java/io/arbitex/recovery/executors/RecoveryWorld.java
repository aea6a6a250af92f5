package io.arbitex.recovery.executors;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A platform's database on one real server, a spare server, dumps and an inventory. */
public final class RecoveryWorld implements AutoCloseable {
  public static final String DATABASE = "arbitex";
  static final String APPLICATION = "arbitex_app";
  static final String ADMIN = "arbitex_admin";
  private static final String ADMIN_PASSWORD = "admin-of-the-test";
  private static final String APPLICATION_PASSWORD = "old-password-of-the-test";

  public final PostgresFixture primary;
  public final PostgresFixture spare;
  public final Path folder;
  final Path backups;
  public final Path secret;
  public Optional<Bound> bound = Optional.empty();

  /** What was published of the database in healthy times. */
  public final List<Baseline> history = new ArrayList<>();

  public String healthUrl = "http://127.0.0.1:1/health";

  /** Where the inventory says that the platform reads its connection. */
  public String connectionSecret = "file:database-url";

  /** Where the inventory says that a living source's events are exported to. */
  public Optional<Path> salvage = Optional.empty();

  /** The inventory's {@code kubernetes}, at the depth of {@code endpoints}; empty for none. */
  public String kubernetes = "";

  /** More fields of the component, at the depth of {@code connectionSecret}; empty for none. */
  public String more = "";

  /** Where the inventory finds the spare server. */
  public String spareHost = "127.0.0.1";

  RecoveryWorld(Path folder, PostgresFixture primary, PostgresFixture spare) throws Exception {
    this.folder = folder;
    this.primary = primary;
    this.spare = spare;
    this.backups = Files.createDirectories(folder.resolve("backups"));
    this.secret = folder.resolve("database-url");
    Files.writeString(folder.resolve("admin"), ADMIN_PASSWORD);
    Files.writeString(
        folder.resolve("audit-key"), new String(AuditTables.KEY, StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("admin-token"), "token");
    Files.writeString(
        secret,
        new DatabaseAddress(
                "127.0.0.1", primary.port(), DATABASE, APPLICATION, APPLICATION_PASSWORD, "disable")
            .url());
    for (PostgresFixture server : List.of(primary, spare)) {
      server.execute(
          "postgres",
          "CREATE ROLE " + ADMIN + " LOGIN CREATEDB CREATEROLE PASSWORD '" + ADMIN_PASSWORD + "'",
          "GRANT pg_signal_backend TO " + ADMIN);
    }
    primary.execute(
        "postgres",
        "CREATE ROLE " + APPLICATION + " LOGIN PASSWORD '" + APPLICATION_PASSWORD + "'",
        "CREATE DATABASE " + DATABASE + " OWNER " + ADMIN);
    try (Connection connection = admin(primary, DATABASE)) {
      AuditTables.createFilled(connection, 2_000);
      try (Statement statement = connection.createStatement()) {
        statement.execute("GRANT SELECT, INSERT ON audit_events TO " + APPLICATION);
        statement.execute("GRANT SELECT ON tenants, policy_rules TO " + APPLICATION);
      }
    }
  }

  public static RecoveryWorld start(Path folder) throws Exception {
    return new RecoveryWorld(folder, PostgresFixture.start(), PostgresFixture.start());
  }

  public Connection admin(PostgresFixture server, String database) throws SQLException {
    return address(server, database).connect("test", Duration.ofSeconds(5), Duration.ofSeconds(60));
  }

  DatabaseAddress address(PostgresFixture server, String database) {
    return new DatabaseAddress(
        "127.0.0.1", server.port(), database, ADMIN, ADMIN_PASSWORD, "disable");
  }

  Inventory inventory() throws InvalidConfiguration {
    return Inventory.parse("platform.yaml", folder, inventoryText());
  }

  String inventoryText() {
    return """
        platforms:
          - name: eu-1
            observers: [observer-a]
            endpoints:
              health: ["%s"]
              adminToken: file:admin-token
              auditKey: file:audit-key
        %s    components:
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.dump]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [spare]
                  applicationRole: arbitex_app
                  connectionSecret: %s
        %s          backups: [backups]
                  tools: %s
                  criticalTables: [tenants, policy_rules, audit_events]
        %s          servers:
                    - name: primary
                      host: 127.0.0.1
                      port: %d
                      sslMode: disable
                      adminUser: arbitex_admin
                      adminPassword: file:admin
                    - name: spare
                      host: %s
                      port: %d
                      sslMode: disable
                      adminUser: arbitex_admin
                      adminPassword: file:admin
        """
        .formatted(
            healthUrl,
            kubernetes,
            connectionSecret,
            more,
            spare.tools(),
            salvage.map(folder -> "          salvage: " + folder + "\n").orElse(""),
            primary.port(),
            spareHost,
            spare.port());
  }

  public Procedures procedures() throws InvalidConfiguration {
    return procedures("version: 1\n");
  }

  Procedures procedures(String policyText) throws InvalidConfiguration {
    Policy policy = Policy.parse("runbook.yaml", folder, policyText);
    return new Procedures(
        inventory(),
        policy,
        (platform, component) -> bound,
        (platform, component, since, keep) ->
            history.stream()
                .filter(each -> !each.getTakenAt().isBefore(since))
                .filter(keep)
                .toList(),
        Clock.systemUTC(),
        new Post());
  }

  public StepCommand command(
      String procedure, String worker, int attempt, Map<String, String> facts) {
    Instant now = Times.now(Clock.systemUTC());
    return StepCommand.newBuilder()
        .setCommandId("inc-7/" + procedure + "/" + attempt)
        .setIncidentId("inc-7")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId(procedure)
        .setComponent("postgresql")
        .setProcedure(procedure)
        .setWorker(worker)
        .setAttempt(attempt)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plus(10, ChronoUnit.MINUTES))
        .setParameters(Facts.of(facts))
        .build();
  }

  public StepCommand restore(int attempt) {
    return command("postgresql.dump", "postgresql", attempt, Map.of());
  }

  /** A dump of the primary with its manifest, as the backup makes it. */
  public RestorePoint dump(String id) throws Exception {
    return dump(id, List.of("-Fc", "-Z1"), "");
  }

  /**
   * A dump of the primary with its manifest.
   *
   * @param options of pg_dump
   * @param filter a program that the dump is sent through, such as gzip; empty for none
   */
  RestorePoint dump(String id, List<String> options, String filter) throws Exception {
    Path dump = dumpFile(id);
    Baseline baseline = baseline();
    List<String> words = new ArrayList<>();
    words.add(primary.tools().resolve("pg_dump").toString());
    words.addAll(options);
    words.addAll(List.of("-f", dump.toString()));
    run(words, address(primary, DATABASE).environment());
    if (!filter.isEmpty()) {
      String filtered =
          "( " + filter + " ) < " + dump + " > " + dump + ".x && mv " + dump + ".x " + dump;
      run(List.of("sh", "-c", filtered), Map.of());
    }
    RestorePoint point =
        RestorePoint.newBuilder()
            .setId(id)
            .setPlatform("eu-1")
            .setComponent("postgresql")
            .setKind(RestorePointKind.DUMP)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(baseline.getTakenAt())
            .setFinishedAt(Times.now(Clock.systemUTC()))
            .setLocation(dump.getFileName().toString())
            .setFormat("told by its bytes")
            .setSizeBytes(DumpContent.size(dump))
            .setSha256(DumpContent.sha256(dump))
            .setToolVersion("pg_dump (PostgreSQL) 15")
            .setServerVersion("15")
            .setBaseline(baseline)
            .build();
    RestorePointManifest.write(dump, point);
    return point;
  }

  private Baseline baseline() throws SQLException {
    try (Connection connection = admin(primary, DATABASE)) {
      return new BaselineReader(
              "eu-1",
              "postgresql",
              List.of("tenants", "policy_rules", "audit_events"),
              Clock.systemUTC())
          .read(connection, "primary");
    }
  }

  /** The primary is proven whole as it is now, and that is published. */
  Baseline checkpoint(long epoch) throws SQLException {
    Baseline checkpoint = Checkpoint.sign(baseline(), "primary", epoch, AuditTables.KEY);
    history.add(checkpoint);
    return checkpoint;
  }

  /**
   * Writes another page into a table's file while the server is stopped.
   *
   * @return the page that was there
   */
  byte[] replacePage(String table, long block, byte[] page) throws Exception {
    primary.execute("postgres", "CHECKPOINT");
    String file = texts(primary, DATABASE, "SELECT pg_relation_filepath('" + table + "')").get(0);
    primary.stop();
    ByteBuffer old = ByteBuffer.allocate(page.length);
    try (FileChannel pages =
        FileChannel.open(
            primary.data().resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      pages.read(old, block * page.length);
      pages.write(ByteBuffer.wrap(page), block * page.length);
    }
    primary.startServer();
    return old.array();
  }

  private static void run(List<String> words, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(words.get(0) + ": " + output);
    }
  }

  /** No dump and no restored database is left. */
  void clear() throws Exception {
    try (Stream<Path> files = Files.walk(backups)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(backups)) {
          Files.delete(file);
        }
      }
    }
    for (String database : databases(spare)) {
      spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
  }

  Path dumpFile(String id) {
    return backups.resolve(id + ".dump");
  }

  /** Databases of a server that no server is born with. */
  public List<String> databases(PostgresFixture server) throws SQLException {
    return texts(
        server,
        "postgres",
        "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres')"
            + " ORDER BY datname");
  }

  public Optional<String> comment(PostgresFixture server, String database) throws SQLException {
    return texts(
            server,
            "postgres",
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database"
                + " WHERE datname = '"
                + database
                + "'")
        .stream()
        .findFirst();
  }

  public List<String> texts(PostgresFixture server, String database, String query)
      throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  @Override
  public void close() {
    primary.close();
    spare.close();
  }
}
