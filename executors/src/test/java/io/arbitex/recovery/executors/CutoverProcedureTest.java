package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.schemas.Facts;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.database} on real servers, with a platform that reads its secret. */
class CutoverProcedureTest {
  /** No page that PostgreSQL ever wrote. */
  private static final byte[] JUNK = "no".repeat(4_096).getBytes(StandardCharsets.US_ASCII);

  @TempDir static Path folder;
  private static RecoveryWorld world;
  private static HttpServer platform;
  private static String oldSecret;
  private static int attempts;
  private static Connection pooled;
  private static String pooledUrl = "";

  private static volatile boolean staysOnTheOldServer;

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
            byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(platformIsHealthy() ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
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
  void restoreBeside() throws Exception {
    world.bound = Optional.empty();
    world.history.clear();
    staysOnTheOldServer = false;
    if (world.primary.postmaster().filter(ProcessHandle::isAlive).isEmpty()) {
      world.primary.startServer();
    }
    world.primary.execute("postgres", "ALTER ROLE arbitex_app LOGIN");
    world.primary.execute(
        RecoveryWorld.DATABASE,
        "UPDATE audit_events SET actor = 'user-0' WHERE id = 777",
        "DELETE FROM audit_events WHERE id > 2000",
        "INSERT INTO policy_rules SELECT i, 1 + i % 12, 'rule ' || i FROM generate_series(1, 48) i"
            + " ON CONFLICT DO NOTHING");
    Files.writeString(world.secret, oldSecret);
    Files.deleteIfExists(kept());
    Files.deleteIfExists(world.folder.resolve("database-url.owner"));
    for (String database : world.databases(world.spare)) {
      world.spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
  }

  @Test
  void thePlatformMovesToTheProvenDatabaseWithNewCredentials() throws Exception {
    Files.setPosixFilePermissions(world.secret, PosixFilePermissions.fromString("rw-r-----"));
    ProcedureBench bench = restored();
    String database = bench.factsOfEnd().get("database");
    world.primary.kill();
    Next.Finished end = bench.run(cutover(bench));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    DatabaseAddress named = DatabaseAddress.parse(Files.readString(world.secret));
    assertThat(named.database()).isEqualTo(database);
    assertThat(named.port()).isEqualTo(world.spare.port());
    assertThat(logsIn(named)).isTrue();
    assertThat(logsIn(named.withLogin(named.user(), oldPassword()))).isFalse();
    assertThat(Files.getPosixFilePermissions(world.secret))
        .as("the platform can still read it")
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    assertThat(Files.readString(kept()).strip()).isEqualTo(oldSecret.strip());
    assertThat(Files.getPosixFilePermissions(kept()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Binding binding = bench.bindings.get(0);
    assertThat(bench.bindings).hasSize(1);
    assertThat(binding.getResource()).isEqualTo("spare/" + database);
    assertThat(binding.getEpoch()).isEqualTo(1);
    assertThat(Facts.toMap(binding.getFacts()))
        .containsEntry("server", "spare")
        .containsEntry("port", Integer.toString(world.spare.port()));
    assertThat(bench.factsOfEnd())
        .containsEntry("source-state", "unreachable")
        .containsKey("point-of-no-return");
    assertThat(everythingSaid(bench))
        .doesNotContain(named.password())
        .doesNotContain(oldPassword());
  }

  @Test
  void aSourceThatIsSoundAgainIsNotCutOverFrom() throws Exception {
    ProcedureBench bench = restored();
    Next.Finished end = bench.run(cutover(bench));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
    assertThat(bench.bindings).isEmpty();
  }

  @Test
  void aSourceThatLivesButIsCorruptIsFencedFirst() throws Exception {
    ProcedureBench bench = restored();
    corruptSource();
    StepCommand approved = approved(bench);
    try (Connection session =
        DatabaseAddress.parse(oldSecret)
            .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5))) {
      assertThat(bench.run(approved).outcome()).isEqualTo(Outcome.DONE);
      assertThat(session.isValid(1)).as("the platform's old session is ended").isFalse();
    }
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isFalse();
    assertThat(bench.factsOfEnd())
        .containsEntry("source-state", "unsound")
        .containsEntry("source-fence", "closed, no session is left");
  }

  @Test
  void aLivingSourceWithoutATableIsNotCutOverFromUnlessApproved() throws Exception {
    ProcedureBench bench = restored();
    world.primary.execute(RecoveryWorld.DATABASE, "ALTER TABLE tenants RENAME TO tenants_away");
    try {
      StepError error = bench.run(cutover(bench)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("the source lives").contains("missing");
      assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    } finally {
      world.primary.execute(RecoveryWorld.DATABASE, "ALTER TABLE tenants_away RENAME TO tenants");
    }
  }

  @Test
  void aSourceThatLostPartOfItsRowsIsNotSound() throws Exception {
    ProcedureBench bench = restored();
    world.primary.execute(RecoveryWorld.DATABASE, "DELETE FROM policy_rules WHERE id > 38");
    StepError error = bench.run(cutover(bench)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage())
        .contains("the source lives")
        .contains("policy_rules has lost 10 of 48 rows");
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
  }

  @Test
  void aSourceWhoseTailWasCutSinceTheNewestCheckpointIsNotSound() throws Exception {
    ProcedureBench bench = restored();
    appendToSource(5);
    world.checkpoint(0);
    world.primary.execute(RecoveryWorld.DATABASE, "DELETE FROM audit_events WHERE id > 2003");
    StepError error = bench.run(cutover(bench)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("CUT_TAIL at id 2004");
  }

  @Test
  void aCheckpointOfAnotherEpochOrWithoutSignatureIsNotHeldAgainstTheSource() throws Exception {
    ProcedureBench bench = restored();
    appendToSource(5);
    world.checkpoint(1);
    world.checkpoint(0).setSignature("forged");
    world.primary.execute(RecoveryWorld.DATABASE, "DELETE FROM audit_events WHERE id > 2003");
    Next.Finished end = bench.run(cutover(bench));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
  }

  @Test
  void aSourceThatReadAPageWithAWrongChecksumIsNotSound() throws Exception {
    ProcedureBench bench = restored();
    world.primary.execute(
        RecoveryWorld.DATABASE, "CREATE TABLE torn AS SELECT generate_series(1, 100)");
    try {
      tearPageOf("torn");
      StepError error = bench.run(cutover(bench)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("wrong checksum");
    } finally {
      world.primary.execute(RecoveryWorld.DATABASE, "DROP TABLE torn", "SELECT pg_stat_reset()");
    }
  }

  @Test
  void aSourceThatHangsIsNotTakenForGone() throws Exception {
    ProcedureBench bench = restored();
    try (Connection locking = world.admin(world.primary, RecoveryWorld.DATABASE)) {
      locking.setAutoCommit(false);
      locking.createStatement().execute("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE");
      StepError error = bench.run(cutover(bench)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("the source lives").contains("hung");
      assertThat(error.getHint()).contains("approve");
    }
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
  }

  @Test
  void aSourceThatCameBackAfterTheRecheckIsNotCutOverFrom() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    Execution execution = bench.start(cutover(bench));
    advanceTo(bench, execution, ExecutionState.MAKING, "switch-secret");
    world.primary.startServer();
    Next.Finished end = bench.drive(execution);
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(bench.factsOfEnd()).doesNotContainKey("point-of-no-return");
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
  }

  @Test
  void aSwitchThatCannotBeWrittenGivesThePlatformItsSourceBack() throws Exception {
    ProcedureBench bench = restored();
    corruptSource();
    Execution execution = bench.start(approved(bench));
    advanceTo(bench, execution, ExecutionState.MAKING, "switch-secret");
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isFalse();
    Path inTheWay = world.folder.resolve("database-url.next");
    Files.createDirectories(inTheWay.resolve("not-empty"));
    try {
      Next.Finished end = bench.drive(execution);
      assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.TOOL_FAILED);
      assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    } finally {
      Files.delete(inTheWay.resolve("not-empty"));
      Files.delete(inTheWay);
    }
    assertThat(bench.factsOfEnd()).doesNotContainKey("point-of-no-return");
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
  }

  @Test
  void aSecretThatCannotBeReplacedIsFoundBeforeAnythingIsTouched() throws Exception {
    ProcedureBench bench = restored();
    corruptSource();
    Path inTheWay = world.folder.resolve("database-url.probe");
    Files.createDirectories(inTheWay.resolve("not-empty"));
    try {
      StepError error = bench.run(approved(bench)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
      assertThat(error.getMessage()).contains("could not be replaced");
    } finally {
      Files.delete(inTheWay.resolve("not-empty"));
      Files.delete(inTheWay);
    }
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
  }

  @Test
  void aPlatformThatIsHealthyOnTheOldServerHasNotFollowed() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    staysOnTheOldServer = true;
    Execution execution = bench.start(cutover(bench));
    advanceTo(bench, execution, ExecutionState.WAITING, "follow-platform");
    staysOnTheOldServer = false;
    assertThat(bench.events)
        .anyMatch(event -> event.getText().contains("has no session on the target"));
    assertThat(bench.drive(execution).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("platform-sessions", "1");
  }

  @Test
  void aRetryOfACutoverThatEndedLateFindsItDone() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> target = bench.factsOfEnd();
    world.primary.kill();
    assertThat(bench.run(cutover(target)).outcome()).isEqualTo(Outcome.DONE);
    String secret = Files.readString(world.secret);
    String resource = bench.bindings.get(0).getResource();
    StepCommand told = cutover(target);
    told.setParameters(
        Facts.merge(
            told.getParameters(),
            Facts.of(Map.of("source-resource", resource, "source-epoch", "1"))));
    assertThat(bench.run(told).outcome()).isEqualTo(Outcome.DONE);
    world.bound = Optional.of(new Bound(resource, 1));
    assertThat(bench.run(cutover(target)).outcome())
        .as("a command that was made before the binding was known")
        .isEqualTo(Outcome.DONE);
    assertThat(bench.bindings).extracting(Binding::getResource).containsOnly(resource);
    assertThat(bench.bindings).extracting(Binding::getEpoch).containsExactly(1L, 1L, 1L);
    assertThat(Files.readString(world.secret)).isEqualTo(secret);
  }

  /** What only the first attempt had seen was lost: the loss was measured to the wrong moment. */
  @Test
  void aRetryOfACutoverThatEndedLateStillKnowsWhenTheSourceWasFenced() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> target = bench.factsOfEnd();
    corruptSource();
    assertThat(bench.run(approved(bench)).outcome()).isEqualTo(Outcome.DONE);
    String fencedAt = bench.factsOfEnd().get("source-fenced-at");
    world.bound = Optional.of(boundBy(bench));
    assertThat(bench.run(cutover(target)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("source-fenced-at", fencedAt)
        .containsEntry("source-fence", "closed, no session is left")
        .containsEntry("source-state", "unsound");
  }

  /** Nobody knew any more where a source was that no inventory has, once the target was bound. */
  @Test
  void aRetryAwayFromAServerThatARecoveryMadeFindsItDoneToo() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> target = bench.factsOfEnd();
    String port = Integer.toString(world.primary.port());
    world.bound =
        Optional.of(
            new Bound(
                "made/arbitex", 3, Map.of("host", "127.0.0.1", "port", port, "like", "primary")));
    StepCommand told = cutover(target);
    told.setParameters(
        Facts.merge(
            told.getParameters(),
            Facts.of(Map.of("source-resource", "made/arbitex", "source-epoch", "3"))));
    world.primary.kill();
    assertThat(bench.run(told).outcome()).isEqualTo(Outcome.DONE);
    assertThat(Facts.toMap(bench.bindings.get(0).getFacts()))
        .containsEntry("previous", "made/arbitex")
        .containsEntry("previous-port", port);
    world.bound = Optional.of(boundBy(bench));
    StepCommand again = cutover(target);
    again.setParameters(told.getParameters());
    assertThat(bench.run(again).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.bindings).extracting(Binding::getEpoch).containsExactly(4L, 4L);
    assertThat(Facts.toMap(bench.bindings.get(1).getFacts()))
        .containsEntry("previous", "made/arbitex")
        .containsEntry("previous-port", port);
  }

  private static Bound boundBy(ProcedureBench bench) {
    Binding binding = bench.bindings.get(0);
    return new Bound(binding.getResource(), binding.getEpoch(), Facts.toMap(binding.getFacts()));
  }

  @Test
  void aClaimFromBeforeKafkaWasRebuiltDoesNotBarTheSecret() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    Path owner = world.folder.resolve("database-url.owner");
    Files.writeString(owner, "999999999 inc-1/cutover/1 2020-01-01T00:00:00Z\n");
    assertThat(bench.run(cutover(bench)).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void aClaimOfALaterCommandBarsTheSecretAndTheHintSaysHowToLiftIt() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    Path owner = world.folder.resolve("database-url.owner");
    Files.writeString(owner, "1 inc-9/cutover/1 2999-01-01T00:00:00Z\n");
    StepError error = bench.run(cutover(bench)).error().orElseThrow();
    assertThat(error.getMessage()).contains("inc-9/cutover/1");
    assertThat(error.getHint()).contains(".owner");
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
  }

  @Test
  void aSourceThatCannotBeJudgedIsNotCutOverFrom() throws Exception {
    ProcedureBench bench = restored();
    world.primary.execute("postgres", "ALTER ROLE arbitex_admin PASSWORD 'somebody changed it'");
    try {
      StepError error = bench.run(cutover(bench)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
      assertThat(error.getMessage()).contains("the source lives but cannot be judged");
      assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    } finally {
      String password = Files.readString(world.folder.resolve("admin"));
      world.primary.execute("postgres", "ALTER ROLE arbitex_admin PASSWORD '" + password + "'");
    }
  }

  @Test
  void anUnprovenTargetIsRefused() throws Exception {
    ProcedureBench bench = restored();
    String database = bench.factsOfEnd().get("database");
    String mark = world.comment(world.spare, database).orElseThrow();
    world.spare.execute(
        "postgres",
        "COMMENT ON DATABASE \"" + database + "\" IS '" + mark.replace("PROVEN", "ANALYZED") + "'");
    world.primary.kill();
    StepError error = bench.run(cutover(bench)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("is not proven: ANALYZED");
  }

  @Test
  void aCancelBeforeTheSwitchGivesThePlatformItsSourceBack() throws Exception {
    ProcedureBench bench = restored();
    corruptSource();
    Execution execution = bench.start(approved(bench));
    advanceTo(bench, execution, ExecutionState.RECORDING, "open-target");
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isFalse();
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(Files.readString(world.secret)).isEqualTo(oldSecret);
    assertThat(logsIn(DatabaseAddress.parse(oldSecret))).isTrue();
    String database = world.databases(world.spare).get(0);
    assertThat(world.comment(world.spare, database).orElseThrow()).contains("PROVEN");
  }

  @Test
  void aZombieThatWakesUpAtTheSwitchCannotBreakTheNewCredentials() throws Exception {
    ProcedureBench bench = restored();
    world.primary.kill();
    StepCommand command = cutover(bench);
    Execution zombie = bench.start(command);
    advanceTo(bench, zombie, ExecutionState.MAKING, "switch-secret");
    assertThat(bench.run(command).outcome()).isEqualTo(Outcome.DONE);
    String secret = Files.readString(world.secret);
    // Its lease was checked before it stood still: the secret and the server must refuse it.
    assertThat(bench.drive(zombie).outcome()).isEqualTo(Outcome.OWNERSHIP_LOST);
    assertThat(Files.readString(world.secret)).isEqualTo(secret);
    assertThat(logsIn(DatabaseAddress.parse(secret))).isTrue();
    assertThat(bench.bindings).hasSize(1);
  }

  @Test
  void everyCrashEndsWithOneBindingAndALoginThatWorks() throws Exception {
    ProcedureBench first = restored();
    Map<String, String> target = first.factsOfEnd();
    world.primary.kill();
    ProcedureBench undisturbed = new ProcedureBench(world.procedures());
    undisturbed.continueAfter(first);
    undisturbed.run(cutover(target));
    int boundaries = undisturbed.boundaries();
    for (int crash = 0; crash < boundaries; crash++) {
      ProcedureBench bench = new ProcedureBench(world.procedures());
      bench.continueAfter(undisturbed);
      bench.crashBeforeBoundary(crash);
      assertCutOver(bench, target, "crash before boundary " + crash);
      undisturbed = bench;
    }
    for (int crash = 1; crash <= undisturbed.entries.size() + 5; crash++) {
      ProcedureBench bench = new ProcedureBench(world.procedures());
      bench.continueAfter(undisturbed);
      bench.crashAfterWrites(crash);
      assertCutOver(bench, target, "crash after write " + crash);
      undisturbed = bench;
    }
  }

  private static void assertCutOver(ProcedureBench bench, Map<String, String> target, String where)
      throws Exception {
    Files.writeString(world.secret, oldSecret);
    Next.Finished end = bench.run(cutover(target));
    assertThat(end.outcome()).as(where + " " + end).isEqualTo(Outcome.DONE);
    assertThat(bench.bindings).as(where).hasSize(1);
    DatabaseAddress named = DatabaseAddress.parse(Files.readString(world.secret));
    assertThat(named.database()).as(where).isEqualTo(target.get("database"));
    assertThat(logsIn(named)).as(where).isTrue();
    assertThat(Files.readString(kept()).strip()).as(where).isEqualTo(oldSecret.strip());
  }

  private static ProcedureBench restored() throws Exception {
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(++attempts)).outcome()).isEqualTo(Outcome.DONE);
    return bench;
  }

  private static StepCommand cutover(ProcedureBench restored) {
    return cutover(restored.factsOfEnd());
  }

  private static StepCommand cutover(Map<String, String> restored) {
    Map<String, String> parameters = new LinkedHashMap<>(restored);
    parameters.put("source-resource", "primary");
    parameters.put("source-epoch", "0");
    return world.command("cutover.database", "cutover", ++attempts, parameters);
  }

  private static StepCommand approved(ProcedureBench restored) {
    StepCommand command = cutover(restored);
    command.setParameters(
        Facts.merge(command.getParameters(), Facts.of(Map.of("source-may-live", "true"))));
    return command;
  }

  private static void advanceTo(
      ProcedureBench bench, Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
    assertThat(bench.bindings).isEmpty();
  }

  private static void corruptSource() throws SQLException {
    world.primary.execute(
        RecoveryWorld.DATABASE, "UPDATE audit_events SET actor = 'mallory' WHERE id = 777");
  }

  private static void appendToSource(long events) throws SQLException {
    try (Connection connection = world.admin(world.primary, RecoveryWorld.DATABASE)) {
      AuditTables.append(connection, events);
    }
  }

  /** The server meets a page of that table whose checksum is wrong, and has counted it. */
  private static void tearPageOf(String table) throws Exception {
    world.replacePage(table, 0, JUNK);
    assertThatThrownBy(
            () -> world.primary.execute(RecoveryWorld.DATABASE, "SELECT count(*) FROM " + table))
        .isInstanceOf(SQLException.class);
    String counted = "SELECT checksum_failures > 0 FROM pg_stat_database WHERE datname = 'arbitex'";
    Instant limit = Instant.now().plusSeconds(20);
    while (!world.texts(world.primary, "postgres", counted).equals(List.of("t"))) {
      assertThat(Instant.now()).as("the server counts it").isBefore(limit);
    }
  }

  private static Path kept() {
    return world.folder.resolve("database-url.before-inc-7");
  }

  private static String oldPassword() {
    return DatabaseAddress.parse(oldSecret).password();
  }

  private static String everythingSaid(ProcedureBench bench) {
    return bench.events + " " + bench.lines + " " + bench.entries + " " + bench.bindings;
  }

  /** A platform with a pool: its session stays open as long as the secret stays the same. */
  private static boolean platformIsHealthy() throws IOException {
    if (staysOnTheOldServer) {
      return true;
    }
    String url = Files.readString(world.secret);
    try {
      if (pooled == null || !url.equals(pooledUrl) || !pooled.isValid(1)) {
        if (pooled != null) {
          pooled.close();
        }
        pooled =
            DatabaseAddress.parse(url)
                .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5));
        pooledUrl = url;
      }
      return pooled.isValid(1);
    } catch (IllegalArgumentException | SQLException e) {
      return false;
    }
  }

  private static boolean logsIn(DatabaseAddress address) {
    try (Connection connection =
            address.connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM audit_events")) {
      return rows.next() && rows.getLong(1) >= 2_000;
    } catch (SQLException e) {
      return false;
    }
  }
}
