package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.salvage.Salvage;
import io.arbitex.recovery.executors.salvage.SalvageFolder;
import io.arbitex.recovery.executors.salvage.SalvageManifest;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a living, damaged source took after the restore point is exported before the platform leaves
 * it. The restore point has 2,000 events; the source goes on to 2,025.
 */
class SalvageTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static RecoveryWorld world;
  private static HttpServer platform;
  private static String oldSecret;
  private static int attempts;
  private static Connection pooled;

  private Path salvage;

  @BeforeAll
  static void startWorld() throws Exception {
    world = RecoveryWorld.start(folder);
    world.dump("dump-1");
    oldSecret = Files.readString(world.secret);
    platform = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    platform.createContext(
        "/health",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(platformFollows() ? 200 : 503, -1);
          }
        });
    platform.start();
    world.healthUrl = "http://127.0.0.1:" + platform.getAddress().getPort() + "/health";
  }

  @AfterAll
  static void endWorld() {
    platform.stop(0);
    world.close();
  }

  @BeforeEach
  void damageTheSource() throws Exception {
    salvage = Files.createTempDirectory(folder, "case-").resolve("salvage");
    world.salvage = Optional.of(salvage);
    if (world.primary.postmaster().filter(ProcessHandle::isAlive).isEmpty()) {
      world.primary.startServer();
    }
    Files.writeString(world.secret, oldSecret);
    Files.deleteIfExists(world.folder.resolve("database-url.owner"));
    Files.deleteIfExists(world.folder.resolve("database-url.before-inc-7"));
    for (String database : world.databases(world.spare)) {
      world.spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
    world.primary.execute("postgres", "ALTER ROLE arbitex_app LOGIN");
    world.primary.execute(
        RecoveryWorld.DATABASE,
        "DELETE FROM audit_events WHERE id > 2000",
        "UPDATE audit_events SET actor = 'user-' || id % 7 WHERE actor <> 'user-' || id % 7");
    append(25);
    world.primary.execute(
        RecoveryWorld.DATABASE,
        "UPDATE audit_events SET actor = 'mallory' WHERE id IN (777, 2003)");
  }

  @AfterEach
  void leavePlatform() throws SQLException {
    if (pooled != null) {
      pooled.close();
    }
  }

  @Test
  void allThatTheTargetDoesNotHaveIsInTheFileAndTheRewrittenApart() throws Exception {
    ProcedureBench bench = restored();
    List<String> before = source();
    assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("salvage-events", "25")
        .containsEntry("salvage-rewritten", "1")
        .doesNotContainKey("salvage-unreadable");
    Path events = Path.of(bench.factsOfEnd().get("salvage-file"));
    assertThat(ids(events)).isEqualTo(LongStream.rangeClosed(2001, 2025).boxed().toList());
    JsonNode manifest = manifest();
    assertThat(manifest.path("incident").asText()).isEqualTo("inc-7");
    assertThat(manifest.path("source").asText()).isEqualTo("primary");
    assertThat(manifest.path("restoredHeadId").asLong()).isEqualTo(2000);
    assertThat(manifest.path("comparedUpToId").asLong()).isEqualTo(2000);
    assertThat(manifest.path("complete").asBoolean()).isTrue();
    JsonNode of = manifest.path("events");
    assertThat(of.path("firstId").asLong()).isEqualTo(2001);
    assertThat(of.path("lastId").asLong()).isEqualTo(2025);
    assertThat(of.path("rightHmacs").asLong()).as("all but the one of mallory").isEqualTo(24);
    assertThat(of.path("sha256").asText()).isEqualTo(DumpContent.sha256(events));
    Path rewritten = salvage.resolve(manifest.path("rewritten").path("file").asText());
    assertThat(ids(rewritten)).containsExactly(777L);
    assertThat(manifest.path("rewritten").path("rightHmacs").asLong()).isZero();
    JsonNode event = JSON.readTree(lines(events).get(0));
    assertThat(event.path("payload").path("note").asText()).isEqualTo("ü event");
    assertThat(event.path("hmac").asText()).hasSize(64);
    assertThat(source()).as("the old server is not changed").isEqualTo(before);
  }

  @Test
  void eventsAreReadAroundAPageThatIsBroken() throws Exception {
    append(300);
    ProcedureBench bench = restored();
    String block = "(ctid::text::point)[0]::int";
    String broken =
        world
            .texts(
                world.primary,
                RecoveryWorld.DATABASE,
                "SELECT " + block + " FROM audit_events WHERE id = 2200")
            .get(0);
    List<Long> lost =
        world
            .texts(
                world.primary,
                RecoveryWorld.DATABASE,
                "SELECT id FROM audit_events WHERE " + block + " = " + broken + " ORDER BY id")
            .stream()
            .map(Long::parseLong)
            .toList();
    byte[] junk = "no".repeat(4_096).getBytes(StandardCharsets.US_ASCII);
    byte[] page = world.replacePage("audit_events", Long.parseLong(broken), junk);
    try {
      assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
      assertThat(bench.factsOfEnd())
          .containsEntry("salvage-unreadable", Integer.toString(lost.size()));
      assertThat(ids(Path.of(bench.factsOfEnd().get("salvage-file"))))
          .isEqualTo(
              LongStream.rangeClosed(2001, 2325).boxed().filter(id -> !lost.contains(id)).toList());
    } finally {
      world.replacePage("audit_events", Long.parseLong(broken), page);
    }
  }

  @Test
  void aSearchForRewrittenEventsThatTakesTooLongEndsAndSaysHowFarItCame() throws Exception {
    BareContext context =
        new BareContext(world.command("cutover.database", "cutover", 1, Map.of()));
    SalvageFolder files = new SalvageFolder(salvage);
    try (Connection source = world.admin(world.primary, RecoveryWorld.DATABASE);
        Connection target = world.admin(world.primary, RecoveryWorld.DATABASE)) {
      new Salvage(files, AuditTables.KEY, Duration.ZERO)
          .export(context, new Salvage.Between("primary", source, "spare/r", target, 2000));
    }
    SalvageManifest manifest = files.find(context.command()).orElseThrow();
    assertThat(manifest.compared()).isZero();
    assertThat(manifest.events().count()).as("what was acknowledged is all there").isEqualTo(25);
  }

  @Test
  void onlyTheOwnerMayLookAtIt() throws Exception {
    ProcedureBench bench = restored();
    assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(Files.getPosixFilePermissions(salvage))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    for (Path file : files()) {
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    assertThat(files()).hasSize(3);
    String said = bench.events + " " + bench.lines + " " + bench.entries;
    assertThat(said).doesNotContain("mallory").doesNotContain("ü event");
  }

  @Test
  void whatIsAcknowledgedUntilTheFenceIsInIt() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(approved(bench));
    advanceTo(execution, ExecutionState.MAKING, "fence-source");
    append(3);
    assertThat(bench.drive(execution).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("salvage-events", "28");
  }

  @Test
  void everyCrashEndsWithOneWholeExport() throws Exception {
    ProcedureBench bench = restored();
    bench.crashOnceEverywhere();
    Next.Finished end = bench.run(approved(bench));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).anyMatch(where -> where.contains("export-salvage"));
    assertThat(bench.factsOfEnd())
        .containsEntry("salvage-events", "25")
        .containsEntry("salvage-rewritten", "1");
    assertThat(files()).as("nothing half done is left").hasSize(3);
  }

  @Test
  void anExportThatIsNotWhatItsManifestSaysIsMadeAgain() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(approved(bench));
    advanceTo(execution, ExecutionState.RECORDING, "export-salvage");
    Path events = salvage.resolve(manifest().path("events").path("file").asText());
    Files.write(events, new byte[] {1, 2, 3});
    Path left =
        salvage.resolve("." + events.getFileName().toString().split("\\.")[0] + ".events.1.part");
    Files.writeString(left, "of a process that died");
    // The process that made it is gone before it could say so.
    assertThat(bench.run(execution.command()).outcome()).isEqualTo(Outcome.DONE);
    assertThat(ids(events)).hasSize(25);
    assertThat(files()).hasSize(3);
  }

  @Test
  void aFolderThatTakesNothingIsFoundBeforeAnythingIsStopped() throws Exception {
    ProcedureBench bench = restored();
    Files.writeString(salvage, "a file is in the way");
    StepError error = bench.run(approved(bench)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("could not be exported to " + salvage);
    assertThat(logsIn()).isTrue();
    assertThat(bench.factsOfEnd()).doesNotContainKey("fenced-role");
  }

  @Test
  void aFolderThatOthersMayLookIntoIsRefused() throws Exception {
    ProcedureBench bench = restored();
    Files.createDirectory(
        salvage,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.setPosixFilePermissions(salvage, PosixFilePermissions.fromString("rwxr-xr-x"));
    StepError error = bench.run(approved(bench)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("chmod 700");
  }

  @Test
  void aFolderThatFillsUpAfterTheFenceGivesThePlatformItsSourceBack() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(approved(bench));
    advanceTo(execution, ExecutionState.MAKING, "export-salvage");
    assertThat(logsIn()).isFalse();
    Files.writeString(salvage, "no room for a folder");
    Next.Finished end = bench.drive(execution);
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(bench.factsOfEnd()).doesNotContainKey("point-of-no-return");
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    assertThat(logsIn()).isTrue();
  }

  @Test
  void aSourceThatIsAwayIsLeftWithoutAnExportWhateverTheFolderIs() throws Exception {
    ProcedureBench bench = restored();
    Files.writeString(salvage, "a file is in the way");
    world.primary.kill();
    assertThat(bench.run(cutover(bench, Map.of())).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("salvage-file", "none: the source is unreachable")
        .doesNotContainKey("salvage-events");
  }

  @Test
  void aSourceWithoutItsAuditTableIsLeftWithoutAnExport() throws Exception {
    ProcedureBench bench = restored();
    world.primary.execute(RecoveryWorld.DATABASE, "ALTER TABLE audit_events RENAME TO away");
    try {
      assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
      assertThat(bench.factsOfEnd().get("salvage-file"))
          .startsWith("none: its audit events cannot be read");
    } finally {
      world.primary.execute(RecoveryWorld.DATABASE, "ALTER TABLE away RENAME TO audit_events");
    }
  }

  @Test
  void withoutAFolderNothingIsExported() throws Exception {
    world.salvage = Optional.empty();
    ProcedureBench bench = restored();
    assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).doesNotContainKey("salvage-file");
  }

  private static ProcedureBench restored() throws Exception {
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(++attempts)).outcome()).isEqualTo(Outcome.DONE);
    return bench;
  }

  private static StepCommand approved(ProcedureBench restored) {
    return cutover(restored, Map.of("source-may-live", "true"));
  }

  private static StepCommand cutover(ProcedureBench restored, Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>(restored.factsOfEnd());
    parameters.put("source-resource", "primary");
    parameters.put("source-epoch", "0");
    parameters.putAll(more);
    return world.command("cutover.database", "cutover", ++attempts, parameters);
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
  }

  private static void append(long events) throws SQLException {
    try (Connection connection = world.admin(world.primary, RecoveryWorld.DATABASE)) {
      AuditTables.append(connection, events);
    }
  }

  private static List<String> source() throws SQLException {
    return world.texts(
        world.primary, RecoveryWorld.DATABASE, "SELECT e::text FROM audit_events e ORDER BY id");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(salvage)) {
      return files.toList();
    }
  }

  private JsonNode manifest() throws IOException {
    Path manifest =
        files().stream()
            .filter(file -> file.toString().endsWith(".manifest.json"))
            .findFirst()
            .orElseThrow();
    return JSON.readTree(Files.readAllBytes(manifest));
  }

  private static List<String> lines(Path file) throws IOException {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static List<Long> ids(Path file) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String line : lines(file)) {
      ids.add(JSON.readTree(line).path("id").asLong());
    }
    return ids;
  }

  private static boolean logsIn() {
    try (Connection connection =
        DatabaseAddress.parse(oldSecret)
            .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5))) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** A platform that opens its session with what its secret says. */
  private static boolean platformFollows() throws IOException {
    try {
      if (pooled != null && pooled.isValid(1)) {
        return true;
      }
      pooled =
          DatabaseAddress.parse(Files.readString(world.secret))
              .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5));
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
