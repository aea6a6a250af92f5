package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postgresql.dump} on real servers. */
class DumpProcedureTest {
  @TempDir static Path folder;
  private static RecoveryWorld world;

  @BeforeAll
  static void startWorld() throws Exception {
    world = RecoveryWorld.start(folder);
  }

  @AfterAll
  static void endWorld() {
    world.close();
  }

  @AfterEach
  void removeDumpsAndDatabases() throws Exception {
    world.clear();
    world.history.clear();
  }

  @Test
  void theNewestDumpComesBackProvenAndClosedToThePlatform() throws Exception {
    world.dump("dump-1");
    RestorePoint newest = world.dump("dump-2");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
    Map<String, String> facts = bench.factsOfEnd();
    assertThat(facts)
        .containsEntry("server", "spare")
        .containsEntry("restore-point", "dump-2")
        .containsEntry("restore-point-taken-at", newest.getTakenAt().toString())
        .containsEntry("rejected", "")
        .containsEntry("restored-rows", "2060")
        .containsEntry("audit-head-id", "2000")
        .containsEntry("audit-count", "2000");
    String database = facts.get("database");
    assertThat(world.databases(world.spare)).containsExactly(database);
    assertThat(
            world.texts(
                world.spare,
                "postgres",
                "SELECT has_database_privilege('arbitex_app', '" + database + "', 'CONNECT')"))
        .as("the platform may not connect before the cutover")
        .containsExactly("f");
    assertThat(
            world.texts(
                world.spare,
                database,
                "SELECT has_table_privilege('arbitex_app', 'audit_events', 'INSERT')::text"
                    + " || has_table_privilege('arbitex_app', 'audit_events', 'DELETE')::text"))
        .as("rights are those of the dump")
        .containsExactly("truefalse");
  }

  @Test
  void aCutDumpIsToldAndTheOneBeforeIsTaken() throws Exception {
    world.dump("dump-1");
    world.dump("dump-2");
    Path cut = world.dumpFile("dump-2");
    try (var channel = Files.newByteChannel(cut, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(cut) * 2 / 3);
    }
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(bench.factsOfEnd().get("rejected"))
        .contains("dump-2 has")
        .contains("cut or changed");
    assertThat(bench.lines).anyMatch(line -> line.getText().startsWith("rejected: dump-2"));
  }

  @Test
  void aFlippedBitIsFoundBeforeADatabaseIsMade() throws Exception {
    world.dump("dump-1");
    byte[] bytes = Files.readAllBytes(world.dumpFile("dump-1"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(world.dumpFile("dump-1"), bytes);
    StepError error = failure(world.restore(1));
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage())
        .containsAnyOf("dump-1 cannot be decoded", "dump-1 has the checksum");
    assertThat(world.databases(world.spare)).isEmpty();
  }

  @Test
  void aDumpThatMayHoldTheDamageIsPassedOverForTheLastProvenMoment() throws Exception {
    world.dump("dump-1");
    world.checkpoint(0);
    world.dump("dump-2");
    Map<String, String> told =
        Map.of("symptom", "CORRUPT", "source-resource", "primary", "source-epoch", "0");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    StepCommand corrupt = world.command("postgresql.dump", "postgresql", 1, told);
    assertThat(bench.run(corrupt).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", "dump-1")
        .containsEntry("critical-rows", "tenants=12,policy_rules=48,audit_events=2000");
    assertThat(bench.factsOfEnd().get("rejected"))
        .contains("dump-2 was taken at")
        .contains("after the source was last proven whole");

    Map<String, String> away = new HashMap<>(told);
    away.put("symptom", "UNREACHABLE");
    assertThat(bench.run(world.command("postgresql.dump", "postgresql", 2, away)).outcome())
        .isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .as("a server that is away had good data to its end")
        .containsEntry("restore-point", "dump-2");
  }

  @Test
  void noDumpAtAllIsSaid() throws Exception {
    StepError error = failure(world.restore(1));
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage()).contains("there is none");
  }

  @Test
  void anExcludedRestorePointIsNotTakenAgain() throws Exception {
    world.dump("dump-1");
    world.dump("dump-2");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    StepCommand command =
        world.command(
            "postgresql.dump", "postgresql", 2, Map.of("exclude-restore-points", "dump-2"));
    assertThat(bench.run(command).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(bench.factsOfEnd().get("rejected")).isEqualTo("dump-2 failed a proof before");
  }

  @Test
  void aDumpThatWasTakenFromTheBadSourceIsLeftOut() throws Exception {
    world.dump("dump-1");
    RestorePoint late = world.dump("dump-2");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    StepCommand command =
        world.command(
            "postgresql.dump", "postgresql", 2, Map.of("bad-since", late.getTakenAt().toString()));
    assertThat(bench.run(command).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(bench.factsOfEnd().get("rejected")).contains("dump-2 was taken at");
  }

  @Test
  void aDumpThatIsNotWhatItsBaselineSaysFailsTheProofAndLeavesNothing() throws Exception {
    RestorePoint point = world.dump("dump-1");
    point.getBaseline().setAuditCount(2_001);
    point.getBaseline().setAuditHeadId(2_001);
    point.getBaseline().setAuditHeadHmac("ab".repeat(32));
    RestorePointManifest.write(world.dumpFile("dump-1"), point);
    ProcedureBench bench = new ProcedureBench(world.procedures());
    Next.Finished end = bench.run(world.restore(1));
    StepError error = end.error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("audit-count expected 2001, found 2000");
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(world.databases(world.spare)).isEmpty();
  }

  @Test
  void aWrongPasswordIsSaidAndNothingIsTouched() throws Exception {
    world.dump("dump-1");
    Path password = world.folder.resolve("admin");
    Path kept = world.folder.resolve("admin.kept");
    Files.copy(password, kept, StandardCopyOption.REPLACE_EXISTING);
    try {
      Files.writeString(password, "wrong");
      StepError error = failure(world.restore(1));
      assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
      assertThat(error.getMessage()).contains("spare").doesNotContain("wrong");
      assertThat(error.getHint()).contains("password");
    } finally {
      Files.copy(kept, password, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(world.databases(world.spare)).isEmpty();
  }

  @Test
  void aServerThatGoesAwayDuringTheRestoreIsWaitedFor() throws Exception {
    world.dump("dump-1");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    Execution execution = bench.start(world.restore(1));
    while (execution.state() != ExecutionState.MAKING
        || !execution.currentAction().equals("restore-dump")) {
      execution.advance();
    }
    world.spare.kill();
    execution.advance();
    world.spare.startServer();
    assertThat(bench.drive(execution).outcome()).isEqualTo(Outcome.DONE);
    assertThat(world.databases(world.spare)).hasSize(1);
  }

  @Test
  void aDryRunFindsTheDumpAndMakesNothing() throws Exception {
    world.dump("dump-1");
    StepCommand command = world.restore(1);
    command.setMode(Mode.DRY_RUN);
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(command).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", "dump-1")
        .containsKey("would-restore-dump");
    assertThat(world.databases(world.spare)).isEmpty();
  }

  @Test
  void aDatabaseOfSomebodyElseWithOurNameIsNotTouched() throws Exception {
    world.dump("dump-1");
    ProcedureBench first = new ProcedureBench(world.procedures());
    first.run(world.restore(1));
    String database = first.factsOfEnd().get("database");
    world.spare.execute("postgres", "COMMENT ON DATABASE \"" + database + "\" IS 'keep this'");
    StepError error = failure(world.restore(1));
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("that no recovery marked, with data in it");
    assertThat(error.getLeftBehind()).contains("drop the unfinished database failed");
    assertThat(world.databases(world.spare)).containsExactly(database);
  }

  @Test
  void anOrphanOfAKilledExecutorIsEndedAndDoesNoHarm() throws Exception {
    world.dump("dump-1");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    Execution dead = bench.start(world.restore(1));
    while (dead.state() != ExecutionState.CONFIRMING
        || !dead.currentAction().equals("create-database")) {
      dead.advance();
    }
    String database = world.databases(world.spare).get(0);
    // The dead executor's pg_restore: it has made a table, and holds it in an open transaction.
    try (Connection orphan = world.admin(world.spare, database)) {
      orphan.setAutoCommit(false);
      orphan.createStatement().execute("CREATE TABLE tenants (half int)");
      bench.entries.values().stream()
          .filter(entry -> entry.getAction().equals("create-database"))
          .forEach(entry -> assertThat(entry.getTries()).isEqualTo(1));
      restoringMark(database);
      assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
      assertThat(orphan.isValid(1)).as("the orphan's session was ended").isFalse();
    }
    assertThat(world.databases(world.spare)).containsExactly(database);
    assertThat(world.texts(world.spare, database, "SELECT count(*) FROM tenants"))
        .containsExactly("12");
  }

  private static void restoringMark(String database) throws Exception {
    String mark = world.comment(world.spare, database).orElseThrow();
    world.spare.execute(
        "postgres",
        "COMMENT ON DATABASE \""
            + database
            + "\" IS '"
            + mark.replace("CREATED", "RESTORING")
            + "'");
  }

  @Test
  void everyCrashEndsInExactlyOneProvenDatabase() throws Exception {
    world.dump("dump-1");
    ProcedureBench undisturbed = new ProcedureBench(world.procedures());
    undisturbed.run(world.restore(1));
    int boundaries = undisturbed.boundaries();
    for (int crash = 0; crash < boundaries; crash++) {
      ProcedureBench bench = new ProcedureBench(world.procedures());
      bench.crashBeforeBoundary(crash);
      assertProven(bench, 10 + crash, "crash before boundary " + crash);
    }
    for (int crash = 1; crash <= undisturbed.entries.size() + 5; crash++) {
      ProcedureBench bench = new ProcedureBench(world.procedures());
      bench.crashAfterWrites(crash);
      assertProven(bench, 100 + crash, "crash after write " + crash);
    }
  }

  private static void assertProven(ProcedureBench bench, int attempt, String where)
      throws Exception {
    for (String database : world.databases(world.spare)) {
      world.spare.execute("postgres", "DROP DATABASE \"" + database + "\" WITH (FORCE)");
    }
    Next.Finished end = bench.run(world.restore(attempt));
    assertThat(end.outcome()).as(where + " " + end).isEqualTo(Outcome.DONE);
    assertThat(world.databases(world.spare)).as(where).hasSize(1);
    assertThat(world.comment(world.spare, world.databases(world.spare).get(0)))
        .as(where)
        .hasValueSatisfying(mark -> assertThat(mark).contains("\"stage\":\"PROVEN\""));
    assertThat(
            world.texts(
                world.spare,
                world.databases(world.spare).get(0),
                "SELECT id FROM audit_events WHERE action = 'RECOVERY'"))
        .as(where)
        .containsExactly("2001");
  }

  @Test
  void aChainThatTakesNoRecoveryEventWithholdsNoData() throws Exception {
    world.primary.execute(
        RecoveryWorld.DATABASE,
        "ALTER TABLE audit_events ADD CONSTRAINT known CHECK (action = 'login')");
    try {
      world.dump("dump-1");
      ProcedureBench bench = new ProcedureBench(world.procedures());
      assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
      assertThat(bench.factsOfEnd().get("recovery-event")).contains("refused").contains("23514");
    } finally {
      world.primary.execute(
          RecoveryWorld.DATABASE, "ALTER TABLE audit_events DROP CONSTRAINT known");
    }
  }

  @Test
  void aZombieCannotDropWhatItsSuccessorRestored() throws Exception {
    world.dump("dump-1");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    Execution zombie = bench.start(world.restore(1));
    while (zombie.state() != ExecutionState.MAKING
        || !zombie.currentAction().equals("restore-dump")) {
      zombie.advance();
    }
    assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
    // It wakes up after its lease was checked: the target itself must refuse it.
    assertThat(bench.drive(zombie).outcome()).isEqualTo(Outcome.OWNERSHIP_LOST);
    String database = bench.factsOfEnd().get("database");
    assertThat(world.texts(world.spare, database, "SELECT count(*) FROM audit_events"))
        .as("restored once, signed once")
        .containsExactly("2001");
    assertThat(world.comment(world.spare, database).orElseThrow()).contains("PROVEN");
  }

  @Test
  void aFullDiskIsSaidAndLeavesNothing() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "a small disk needs root");
    Path mount = Files.createTempDirectory("recovery-full-");
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=60m,mode=0777", "tmpfs", mount.toString()),
        "this machine does not let root mount a tmpfs");
    try (PostgresFixture small = PostgresFixture.start()) {
      moveDataTo(mount, small);
      try (RecoveryWorld full =
          new RecoveryWorld(
              Files.createDirectory(folder.resolve("full")), PostgresFixture.start(), small)) {
        try (Connection connection = full.admin(full.primary, RecoveryWorld.DATABASE)) {
          connection
              .createStatement()
              .execute(
                  "CREATE TABLE bulk AS SELECT i, repeat(md5(i::text), 30) AS filler"
                      + " FROM generate_series(1, 60000) i");
        }
        full.dump("dump-1");
        ProcedureBench bench = new ProcedureBench(full.procedures());
        Next.Finished end = bench.run(full.restore(1));
        StepError error = end.error().orElseThrow();
        assertThat(error.getCode()).as(error.getMessage()).isEqualTo(FailureCode.TARGET_FULL);
        assertThat(error.getHint()).contains("disk space");
        assertThat(error.getLeftBehind()).isEmpty();
        assertThat(full.databases(small)).isEmpty();
      }
    } finally {
      command("umount", "-l", mount.toString());
      Files.deleteIfExists(mount);
    }
  }

  /** The databases of the server now live on the small disk; its log of changes does not. */
  private static void moveDataTo(Path disk, PostgresFixture server) throws Exception {
    server.stop();
    Path base = server.data().resolve("base");
    assertThat(command("cp", "-a", base.toString(), disk.resolve("base").toString())).isTrue();
    assertThat(command("rm", "-r", base.toString())).isTrue();
    Files.createSymbolicLink(base, disk.resolve("base"));
    server.startServer();
  }

  private static boolean command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).inheritIO().start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private static StepError failure(StepCommand command) throws Exception {
    Next.Finished end = new ProcedureBench(world.procedures()).run(command);
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    return end.error().orElseThrow();
  }
}
