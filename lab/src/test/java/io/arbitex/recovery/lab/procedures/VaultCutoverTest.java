package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.VaultAndZone;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.database} of a platform whose URL and name stand in a key vault and in DNS. */
class VaultCutoverTest {
  private static final String OLD_HOST = "127.0.0.1";
  private static final String NEW_HOST = "127.0.0.2";
  private static final String OLD_RECORD = OLD_HOST + " 300";
  private static final String NEW_RECORD = NEW_HOST + " 5";
  private static final String FOREIGN = "postgresql://somebody:else@db.example:5432/arbitex";

  @TempDir static Path folder;
  private static WriterWorld world;
  private static VaultAndZone azure;
  private static Map<String, String> restored;

  @BeforeAll
  static void start() throws Exception {
    world = new WriterWorld(folder);
    world.databases.spare.execute(
        "postgres", "ALTER SYSTEM SET listen_addresses = '127.0.0.1,127.0.0.2'");
    world.databases.spare.kill();
    world.databases.spare.startServer();
    world.databases.spareHost = NEW_HOST;
    azure = new VaultAndZone();
    world.databases.more = azure.component();
  }

  @BeforeEach
  void deploy() throws Exception {
    world.deploy();
    world.databases.kubernetes += azure.platform();
    azure.setUrl(world.oldSecret);
    azure.setRecord(OLD_HOST);
  }

  @AfterEach
  void clear() throws Exception {
    world.cluster.control().clearAll();
    azure.control().clearAll();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
    azure.close();
  }

  @Test
  void vaultAndSecretHoldTheSameAtTheEndAndTheRecordNamesTheTarget() throws Exception {
    ProcedureBench bench = restoredAndLost();
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertOnTarget();
    assertThat(azure.notes())
        .containsEntry("team", "data")
        .containsEntry("recovery-old", "300 " + OLD_HOST);
    assertThat(bench.factsOfEnd().get("dns-record")).contains("names " + NEW_HOST);
    String said = bench.events + " " + bench.lines + " " + bench.entries + " " + bench.bindings;
    assertThat(said)
        .doesNotContain(DatabaseAddress.parse(azure.url()).password())
        .doesNotContain(DatabaseAddress.parse(world.oldSecret).password());
  }

  @Test
  void aVaultThatRefusesIsAskedBeforeTheSecretIsChangedAndAllIsPutBack() throws Exception {
    ProcedureBench bench = restoredAndLost();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "switch-secret");
    int versions = azure.versions();
    azure.control().add(Misbehaviour.of("PUT", "secrets", How.FORBIDDEN, 1));
    Next.Finished end = bench.drive(execution);
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(azure.versions()).as("nothing was written").isEqualTo(versions);
    assertThat(world.secret(WriterWorld.KEY + ".before-recovery"))
        .as("the secret was never changed")
        .isNull();
    world.databases.primary.startServer();
    assertAsBefore(end);
  }

  @Test
  void everyCrashEndsWithTheSameInVaultAndSecret() throws Exception {
    ProcedureBench bench = restoredAndLost();
    bench.crashOnceEverywhere();
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).anyMatch(where -> where.contains("switch-dns"));
    assertOnTarget();
  }

  @Test
  void aSourceThatComesBackBeforeTheStartGetsVaultSecretAndRecordBackThroughCrashes()
      throws Exception {
    ProcedureBench bench = restoredAndLost();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "start-writers");
    assertThat(azure.url()).isEqualTo(world.secret(WriterWorld.KEY)).isNotEqualTo(world.oldSecret);
    assertThat(azure.named()).isEqualTo(NEW_RECORD);
    world.databases.primary.startServer();
    bench.crashOnceEverywhere();
    Next.Finished end = null;
    while (end == null) {
      try {
        end = bench.drive(execution);
      } catch (ProcedureBench.SimulatedCrash e) {
        execution = bench.start(execution.command());
      }
    }
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertAsBefore(end);
    assertThat(azure.notes()).containsOnlyKeys("team");
  }

  @Test
  void whatSomebodyElseWroteSinceTheSwitchStays() throws Exception {
    ProcedureBench bench = restoredAndLost();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.RECORDING, "switch-dns");
    azure.setUrl(FOREIGN);
    azure.setRecord("10.9.8.7");
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(azure.url()).isEqualTo(FOREIGN);
    assertThat(azure.named()).isEqualTo("10.9.8.7 300");
    assertThat(bench.lines)
        .anyMatch(line -> line.getText().contains("was written by somebody else since the switch"));
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(world.oldSecret);
  }

  @Test
  void aRecordThatNamesSomethingElseIsLeftAndStopsNothing() throws Exception {
    ProcedureBench bench = restoredAndLost();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "switch-dns");
    azure.setRecord("10.9.8.7");
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(azure.named()).isEqualTo("10.9.8.7 300");
    assertThat(bench.factsOfEnd().get("dns-record")).contains("left as it is: it names [10.9.8.7]");
  }

  @Test
  void aRecordThatMayNotBeChangedIsToldAndStopsNothing() throws Exception {
    ProcedureBench bench = restoredAndLost();
    azure.control().add(Misbehaviour.of("PUT", "privateDnsZones/A", How.FORBIDDEN, 0));
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(azure.named()).isEqualTo(OLD_RECORD);
    assertThat(bench.factsOfEnd().get("dns-record")).contains("403").contains("docs/azure.md");
  }

  @Test
  void aVaultThatCannotBeReadIsFoundBeforeAWriterIsStopped() throws Exception {
    ProcedureBench bench = restoredAndLost();
    azure.control().add(Misbehaviour.of("GET", "secrets", How.FORBIDDEN, 0));
    assertRefused(bench, FailureCode.AUTHENTICATION, "403");
    azure.control().clearAll();
    azure.setEnabled(false);
    assertRefused(bench, FailureCode.PREFLIGHT, "it is disabled");
    azure.setEnabled(true);
    azure.deleteSecret();
    assertRefused(bench, FailureCode.PREFLIGHT, "it was deleted and can be recovered");
    azure.recoverSecret();
    azure.setUrl("no URL");
    assertRefused(bench, FailureCode.PREFLIGHT, "holds no database URL");
  }

  @Test
  void aVaultThatIsAwayForAMomentIsAskedAgain() throws Exception {
    ProcedureBench bench = restoredAndLost();
    azure.control().add(Misbehaviour.of("PUT", "secrets", How.THROTTLED, 1));
    azure.control().add(Misbehaviour.of("PUT", "secrets", How.UNAVAILABLE, 1));
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertOnTarget();
  }

  private static ProcedureBench restoredAndLost() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    restored = bench.factsOfEnd();
    return bench;
  }

  private static void assertRefused(ProcedureBench bench, FailureCode code, String said)
      throws Exception {
    StepError error = bench.run(world.cutover(restored)).error().orElseThrow();
    assertThat(error.getMessage()).contains(said);
    assertThat(error.getCode()).isEqualTo(code);
    assertThat(world.replicas()).containsExactly(2, 1);
  }

  private static void assertOnTarget() throws Exception {
    world.awaitReady();
    assertThat(azure.url()).isEqualTo(world.secret(WriterWorld.KEY));
    DatabaseAddress named = DatabaseAddress.parse(azure.url());
    assertThat(named.host()).isEqualTo(NEW_HOST);
    assertThat(logsIn(azure.url())).isTrue();
    assertThat(azure.named()).isEqualTo(NEW_RECORD);
  }

  private static void assertAsBefore(Next.Finished end) throws Exception {
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(azure.url()).isEqualTo(world.oldSecret);
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(world.oldSecret);
    assertThat(azure.named()).isEqualTo(OLD_RECORD);
    world.awaitReady();
    assertThat(logsIn(azure.url())).isTrue();
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
  }

  private static boolean logsIn(String url) {
    try (Connection connection =
        DatabaseAddress.parse(url)
            .connect("platform", Duration.ofSeconds(3), Duration.ofSeconds(5))) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }
}
