package io.arbitex.recovery.lab.incidents;

import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;

import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailability;
import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailabilityMode;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ServerForUpdate;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.lab.azure.TestAzure;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.runtime.notify.Post;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A platform whose database is on a flexible server, with a dump, checkpoints, and a spare server
 * outside of Azure for the dump. One source serves all incidents: it is damaged, and later lost,
 * once. Its clock tells this story:
 *
 * <pre>
 *   300 events · checkpoint · dump ··· 325 events · checkpoint · [moment] · 350 events, archived · end
 * </pre>
 */
final class IncidentWorld implements AutoCloseable {
  static final String PLATFORM = "eu-1";
  static final String COMPONENT = "postgresql";
  static final long IN_THE_DUMP = 300;
  static final long AT_THE_MOMENT = 325;

  /** Between the first checkpoint and the second: a restore may end between them. */
  static final Duration APART = Duration.ofMillis(1_500);

  private static final String DUMP = "rp-1.dump";
  private static final List<String> TABLES = List.of("tenants", "policy_rules", "audit_events");

  final TestAzure azure = new TestAzure();
  final FollowingPlatform platform;
  final RestorePoint dump;

  /** The last one that is surely archived. */
  final Instant moment;

  /** A restore that ends so much too early has not what came after the first checkpoint. */
  final Duration tooShort;

  /** When the source was lost; null before. */
  private Instant lost;

  private final PostgresFixture spare = PostgresFixture.start();
  private final List<Baseline> history = new ArrayList<>();
  private final WorldConfiguration configuration;
  private final Path backups;
  private final Path secret;
  private final DatabaseAddress source;
  private Optional<ProcedureBench> last = Optional.empty();
  private long incidents;

  IncidentWorld(Path folder) throws Exception {
    this.configuration = new WorldConfiguration(folder);
    this.backups = Files.createDirectories(folder.resolve("backups"));
    this.secret = folder.resolve("database-url");
    source = at(azure.address(SOURCE), azure.port(), "arbitex");
    platform = new FollowingPlatform(secret);
    askForAStandby();
    try (Connection maintenance = azure.connect(SOURCE)) {
      TestAzure.run(
          maintenance,
          "CREATE ROLE arbitex_app LOGIN PASSWORD 'of the platform'",
          "CREATE DATABASE arbitex");
    }
    try (Connection inside = connect(source)) {
      AuditTables.createFilled(inside, IN_THE_DUMP);
      TestAzure.run(inside, "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO arbitex_app");
      Baseline first = proven(inside, "primary", 0);
      dump = Dumps.take(spare.tools(), source, first, backups.resolve(DUMP));
      TestAzure.until(
          "the next checkpoint is another time",
          () -> TestAzure.now(inside).toInstant().isAfter(first.getTakenAt().plus(APART)));
      Instant before = TestAzure.now(inside).toInstant();
      AuditTables.append(inside, AT_THE_MOMENT - IN_THE_DUMP);
      proven(inside, "primary", 0);
      moment = TestAzure.now(inside).toInstant();
      tooShort = Duration.between(before, moment).plusMillis(200);
      AuditTables.append(inside, 25);
    }
    archive(SOURCE);
    asBefore();
  }

  private void askForAStandby() {
    azure
        .manager()
        .serviceClient()
        .getServers()
        .update(
            TestAzure.GROUP,
            SOURCE,
            new ServerForUpdate()
                .withHighAvailability(
                    new HighAvailability().withMode(HighAvailabilityMode.ZONE_REDUNDANT)));
  }

  /** A server's whole write-ahead log of before now is in the archive. */
  void archive(String server) throws IOException, InterruptedException {
    azure.control().backup(server);
  }

  /** The platform's connection is that of the source again; nothing is in Azure beside it. */
  void asBefore() throws Exception {
    azure.control().clearAll();
    platform.findsItsChainBroken(false);
    Files.writeString(secret, source.withLogin("arbitex_app", "of the platform").url());
    List<String> made = made();
    for (String each : made) {
      TestAzure.until("the deletion has begun", () -> azure.beginDelete(each) != null);
    }
    TestAzure.until("no server is left", () -> made().isEmpty());
  }

  /** Servers in Azure beside the source. */
  List<String> made() {
    return azure.serverNames().stream().filter(name -> !name.equals(SOURCE)).toList();
  }

  DatabaseAddress source() {
    return source;
  }

  /** The administrator's way into a database on one of the servers. */
  DatabaseAddress at(String host, int port, String database) {
    return port == azure.port()
        ? new DatabaseAddress(
            host, port, database, TestAzure.ADMINISTRATOR, TestAzure.PASSWORD, "disable")
        : spare.address(database);
  }

  /** The database that the platform's secret names. */
  DatabaseAddress current() throws IOException {
    DatabaseAddress named = DatabaseAddress.parse(Files.readString(secret).strip());
    return at(named.host(), named.port(), named.database());
  }

  static Connection connect(DatabaseAddress address) throws SQLException {
    return address.connect("test", Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  /** What is there now is proven whole, and that is published. */
  Baseline proven(Connection inside, String resource, long epoch) throws SQLException {
    Instant at = TestAzure.now(inside).toInstant();
    Baseline read =
        new BaselineReader(PLATFORM, COMPONENT, TABLES, Clock.systemUTC()).read(inside, "a");
    read.setTakenAt(at);
    Baseline checkpoint = Checkpoint.sign(read, resource, epoch, AuditTables.KEY);
    history.add(checkpoint);
    return checkpoint;
  }

  /** The dump's file is away, or back. */
  void hideDump(boolean hidden) throws IOException {
    Path file = backups.resolve(DUMP);
    Path away = backups.resolve("rp-1.away");
    if (hidden) {
      Files.move(file, away, StandardCopyOption.ATOMIC_MOVE);
    } else if (Files.exists(away)) {
      Files.move(away, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The PostgreSQL of a server is gone, and Azure has not noticed. */
  void lose(String server) throws IOException, InterruptedException {
    azure.control().kill(server);
  }

  /** The source is lost from now on; the moment since which it surely is. */
  Instant loseTheSource() throws IOException, InterruptedException {
    lose(SOURCE);
    if (lost == null) {
      lost = Times.now(Clock.systemUTC());
    }
    return lost;
  }

  /** Somebody rewrites what is there; the moment after which it is so. */
  Instant damage() throws SQLException {
    try (Connection inside = connect(source)) {
      TestAzure.run(inside, "UPDATE audit_events SET actor = 'nobody' WHERE id BETWEEN 40 AND 60");
      return TestAzure.now(inside).toInstant();
    }
  }

  long nextIncident() {
    return incidents++;
  }

  /** A journal whose offsets go on where the last one's ended. */
  synchronized ProcedureBench bench(Procedures procedures) {
    ProcedureBench bench = new ProcedureBench(procedures);
    last.ifPresent(bench::continueAfter);
    last = Optional.of(bench);
    return bench;
  }

  Procedures procedures(Policy policy, Supplier<Optional<Bound>> bound)
      throws InvalidConfiguration {
    return new Procedures(
        inventory(),
        policy,
        (platform, component) -> bound.get(),
        (platform, component, since, keep) ->
            List.copyOf(history).stream()
                .filter(each -> !each.getTakenAt().isBefore(since))
                .filter(keep)
                .toList(),
        Clock.systemUTC(),
        new Post());
  }

  Policy policy(String archiveLag, String procedures) throws InvalidConfiguration {
    return configuration.policy(archiveLag, procedures);
  }

  Inventory inventory() throws InvalidConfiguration {
    return configuration.inventory(platform.address(), azure, source.host(), spare);
  }

  @Override
  public void close() throws IOException, SQLException {
    platform.close();
    spare.close();
    azure.close();
  }
}
