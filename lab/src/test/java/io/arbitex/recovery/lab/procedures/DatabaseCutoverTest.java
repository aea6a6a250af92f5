package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.RecoveryWorld;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.database} of a platform whose writers live in a cluster. */
class DatabaseCutoverTest {
  private static final String REPLICAS = "recovery.arbitex.io/replicas";

  @TempDir static Path folder;
  private static WriterWorld world;

  @BeforeAll
  static void start() throws Exception {
    world = new WriterWorld(folder);
  }

  @BeforeEach
  void deploy() throws Exception {
    world.deploy();
  }

  @AfterEach
  void clear() throws Exception {
    world.cluster.control().clearAll();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void theWritersStopAndComeBackOnTheProvenDatabase() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertOnTarget(bench);
    assertThat(bench.factsOfEnd())
        .containsEntry(
            "writer-replicas",
            "deployment/arbitex-platform=2,deployment/arbitex-cloud=1,cronjob/arbitex-report=1")
        .containsEntry("source-state", "unreachable")
        .containsKey("point-of-no-return");
    assertThat(bench.factsOfEnd().get("source-fence")).contains("no writer runs");
    DatabaseAddress named = DatabaseAddress.parse(world.secret(WriterWorld.KEY));
    String said = bench.events + " " + bench.lines + " " + bench.entries + " " + bench.bindings;
    assertThat(said)
        .doesNotContain(named.password())
        .doesNotContain(DatabaseAddress.parse(world.oldSecret).password());

    world.databases.primary.startServer();
    long before = world.writesOnPrimary();
    long onTarget = world.writesOnTarget(named);
    until("they write on", () -> world.writesOnTarget(named) > onTarget + 3);
    assertThat(world.writesOnPrimary()).as("nobody writes to the old one").isEqualTo(before);
  }

  @Test
  void everyCrashEndsWithTheWritersOnOneDatabase() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    bench.crashOnceEverywhere();
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).hasSizeGreaterThan(40);
    assertOnTarget(bench);
  }

  @Test
  void everyCrashOfACutoverFromADamagedSourceEndsWithItsEventsSaved() throws Exception {
    world.databases.salvage = Optional.of(folder.resolve("salvage"));
    ProcedureBench bench = world.restored();
    Map<String, String> approved = new LinkedHashMap<>(bench.factsOfEnd());
    approved.put("source-may-live", "true");
    try (Connection source =
        world.databases.admin(world.databases.primary, RecoveryWorld.DATABASE)) {
      AuditTables.append(source, 7);
    }
    world.databases.primary.execute(
        RecoveryWorld.DATABASE, "UPDATE audit_events SET actor = 'mallory' WHERE id = 777");
    try {
      bench.crashOnceEverywhere();
      Next.Finished end = bench.run(world.cutover(approved));
      assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
      assertThat(bench.factsOfEnd())
          .containsEntry("salvage-events", "7")
          .containsEntry("salvage-rewritten", "1");
      assertOnTarget(bench);
      assertThat(logsIn(world.oldSecret)).isFalse();
    } finally {
      world.databases.salvage = Optional.empty();
      world.databases.primary.execute(
          RecoveryWorld.DATABASE,
          "UPDATE audit_events SET actor = 'user-0' WHERE id = 777",
          "DELETE FROM audit_events WHERE id > 2000");
    }
  }

  @Test
  void aSourceThatComesBackBeforeTheStartGetsItsWritersBackThroughCrashes() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "start-writers");
    assertThat(world.replicas()).containsExactly(0, 0);
    assertThat(world.reportIsSuspended()).isTrue();
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
    assertThat(bench.factsOfEnd()).doesNotContainKey("point-of-no-return");
  }

  @Test
  void aCutoverThatIsCancelledAfterTheSwitchIsPutBack() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.RECORDING, "switch-secret");
    assertThat(world.secret(WriterWorld.KEY)).isNotEqualTo(world.oldSecret);
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    world.databases.primary.startServer();
    assertAsBefore(end);
  }

  @Test
  void aClusterThatRefusesInTheMiddleGetsItsWritersBack() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "switch-secret");
    world.cluster.control().add(Misbehaviour.of("patch", "secrets", How.FORBIDDEN, 0));
    Next.Finished end = bench.drive(execution);
    StepError error = end.error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getHint()).contains("patch secrets/" + WriterWorld.SECRET);
    // The put-back had nothing to put back, and could not claim it: it is told, and no more.
    world.cluster.control().clearAll();
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(world.oldSecret);
    world.awaitReady();
  }

  @Test
  void writersThatCouldNotBeStartedAgainAreNotForgottenByTheNextAttempt() throws Exception {
    ProcedureBench bench = world.restored();
    Map<String, String> restored = bench.factsOfEnd();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(restored));
    advanceTo(execution, ExecutionState.RECORDING, "stop-writers");
    world.cluster.control().add(Misbehaviour.of("patch", "deployments", How.FORBIDDEN, 0));
    execution.cancel();
    Next.Finished left = bench.drive(execution);
    assertThat(left.error().orElseThrow().getLeftBehind()).isNotEmpty();
    assertThat(world.replicas()).containsExactly(0, 0);
    world.cluster.control().clearAll();
    Next.Finished end = bench.run(world.cutover(restored));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertOnTarget(bench);
  }

  @Test
  void anOperatorWhoScalesUpInTheMiddleIsSeenAndNotFought() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "switch-secret");
    world.deployment(WriterWorld.PLATFORM).scale(1);
    Next.Finished end = bench.drive(execution);
    StepError error = end.error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage())
        .contains("somebody scaled deployment/arbitex-platform to 1 in the middle");
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(world.replicas()).as("theirs stays, ours comes back").containsExactly(1, 1);
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(world.oldSecret);
  }

  @Test
  void aWriterThatSomebodyStartsAfterTheSwitchComesBackAsNewPodsWithTheirNumber() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(execution, ExecutionState.MAKING, "start-writers");
    world.deployment(WriterWorld.PLATFORM).scale(1);
    until("their pod runs", () -> world.pods(WriterWorld.PLATFORM).size() == 1);
    List<String> theirs = world.pods(WriterWorld.PLATFORM);
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.replicas()).containsExactly(1, 1);
    assertThat(world.pods(WriterWorld.PLATFORM)).doesNotContainAnyElementsOf(theirs);
    assertThat(bench.lines)
        .anyMatch(
            line -> line.getText().contains("[deployment/arbitex-platform] since the switch"));
  }

  /** Found by review: the put-back shut it out of the database that it had written to. */
  @Test
  void aWriterThatSomebodyStartsAfterTheSwitchIsNotCutOffByACancel() throws Exception {
    ProcedureBench bench = world.restored();
    Map<String, String> restored = bench.factsOfEnd();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(restored));
    advanceTo(execution, ExecutionState.RECORDING, "switch-secret");
    world.deployment(WriterWorld.PLATFORM).scale(1);
    DatabaseAddress named = DatabaseAddress.parse(world.secret(WriterWorld.KEY));
    until("it writes to the target", () -> world.writesOnTarget(named) > 0);
    execution.cancel();
    Next.Finished left = bench.drive(execution);
    assertThat(left.error().orElseThrow().getLeftBehind()).contains("somebody started a writer");
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(named.url());
    assertThat(logsIn(named.url())).isTrue();
    // The source is back by now, but what was acknowledged on the target counts.
    world.databases.primary.startServer();
    Next.Finished end = bench.run(world.cutover(restored));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.replicas()).containsExactly(1, 1);
    assertThat(bench.bindings).hasSize(1);
    assertThat(bench.bindings.get(0).getEpoch()).isEqualTo(1);
  }

  /** Found by review: the retry stopped the live writers, and took the old source for sound. */
  @Test
  void aRetryBehindThePointOfNoReturnOnlyEndsWhatWasBegun() throws Exception {
    ProcedureBench bench = world.restored();
    Map<String, String> restored = bench.factsOfEnd();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(restored));
    advanceTo(execution, ExecutionState.RECORDING, "start-writers");
    world.cluster.control().add(Misbehaviour.of("get", "deployments", How.FORBIDDEN, 0));
    Next.Finished failed = bench.drive(execution);
    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(bench.factsOfEnd()).containsKey("point-of-no-return");
    world.cluster.control().clearAll();
    world.databases.primary.startServer();
    world.awaitReady();
    List<String> pods = world.pods(WriterWorld.PLATFORM);
    String secret = world.secret(WriterWorld.KEY);
    Next.Finished end = bench.run(world.cutover(restored));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.pods(WriterWorld.PLATFORM)).containsExactlyInAnyOrderElementsOf(pods);
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(secret);
    assertThat(bench.bindings).hasSize(1);
    assertThat(bench.bindings.get(0).getEpoch()).isEqualTo(1);
  }

  /** Found by review: the retry forgot what the first attempt had not been able to put back. */
  @Test
  void aPutBackThatFailedIsDoneByTheNextAttemptWhenTheSourceIsSound() throws Exception {
    ProcedureBench bench = world.restored();
    Map<String, String> restored = bench.factsOfEnd();
    world.databases.primary.kill();
    Execution execution = bench.start(world.cutover(restored));
    advanceTo(execution, ExecutionState.RECORDING, "switch-secret");
    world.cluster.control().add(Misbehaviour.of("patch", "secrets", How.FORBIDDEN, 0));
    execution.cancel();
    Next.Finished left = bench.drive(execution);
    assertThat(left.error().orElseThrow().getLeftBehind()).isNotEmpty();
    assertThat(world.replicas()).containsExactly(0, 0);
    world.cluster.control().clearAll();
    world.databases.primary.startServer();
    Next.Finished end = bench.run(world.cutover(restored));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertAsBefore(end);
  }

  /** Found by review: the writers were back, and their role was still shut out of the source. */
  @Test
  void aFenceThatCouldNotBeLiftedIsLiftedByTheNextAttemptThoughTheWritersAreBack()
      throws Exception {
    ProcedureBench bench = world.restored();
    Map<String, String> approved = new LinkedHashMap<>(bench.factsOfEnd());
    approved.put("source-may-live", "true");
    world.databases.primary.execute(
        RecoveryWorld.DATABASE, "UPDATE audit_events SET actor = 'mallory' WHERE id = 777");
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "fence-source");
    assertThat(logsIn(world.oldSecret)).isFalse();
    world.databases.primary.kill();
    execution.cancel();
    Next.Finished left = bench.drive(execution);
    assertThat(left.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(left.error().orElseThrow().getLeftBehind())
        .contains("open the source to the platform again failed");
    assertThat(world.replicas()).as("the writers are back").containsExactly(2, 1);

    world.databases.primary.startServer();
    world.databases.primary.execute(
        RecoveryWorld.DATABASE, "UPDATE audit_events SET actor = 'user-0' WHERE id = 777");
    assertThat(logsIn(world.oldSecret)).as("the fence is still there").isFalse();
    Next.Finished end = bench.run(world.cutover(approved));
    assertThat(end.error().orElseThrow().getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertAsBefore(end);
    assertThat(
            world.databases.texts(
                world.databases.primary,
                "postgres",
                "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'arbitex_app'"))
        .containsExactly("t");
  }

  /** Found by review: its patch came when all had been given back, and nobody scaled up again. */
  @Test
  void aLateHandThatStopsAWriterAfterTheCleanUpIsBarred() throws Exception {
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    StepCommand command = world.cutover(bench.factsOfEnd());
    Execution zombie = bench.start(command);
    advanceTo(zombie, ExecutionState.MAKING, "stop-writers");
    world
        .cluster
        .control()
        .add(new Misbehaviour("patch", "deployments", ".*", How.SLOW, 1, 6_000, 0, 0));
    CompletableFuture<Next> late =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return bench.drive(zombie);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    until("it is about to", () -> bench.entries.toString().contains("writer-replicas"));
    Execution next = bench.start(command);
    next.cancel();
    Next.Finished end = bench.drive(next);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.CANCELLED);
    assertThat(late).as("its patch is still on its way").isNotDone();
    assertThat(late.get(30, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Next.Finished.class,
            finished -> assertThat(finished.outcome()).isNotEqualTo(Outcome.DONE));
    assertThat(world.replicas()).containsExactly(2, 1);
    assertThat(world.reportIsSuspended()).isFalse();
  }

  @Test
  void aDeploymentThatIsPausedIsFoundBeforeAnythingIsTouched() throws Exception {
    ProcedureBench bench = world.restored();
    world
        .deployment(WriterWorld.CLOUD)
        .edit(
            deployment -> {
              deployment.getSpec().setPaused(true);
              return deployment;
            });
    world.databases.primary.kill();
    StepError error = bench.run(world.cutover(bench.factsOfEnd())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("deployment/arbitex-cloud is paused");
    assertThat(world.replicas()).containsExactly(2, 1);
  }

  @Test
  void aDeploymentThatWasAtZeroStaysThere() throws Exception {
    world.deployment(WriterWorld.CLOUD).scale(0);
    ProcedureBench bench = world.restored();
    world.databases.primary.kill();
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.replicas()).containsExactly(2, 0);
  }

  @Test
  void aSecretThatSomebodyElseKeepsIsFoundBeforeAnythingIsTouched() throws Exception {
    ProcedureBench bench = world.restored();
    world
        .client()
        .secrets()
        .inNamespace(world.namespace())
        .withName(WriterWorld.SECRET)
        .edit(
            secret -> {
              secret
                  .getMetadata()
                  .setOwnerReferences(
                      List.of(
                          new io.fabric8.kubernetes.api.model.OwnerReferenceBuilder()
                              .withApiVersion("apps/v1")
                              .withKind("Deployment")
                              .withName(WriterWorld.PLATFORM)
                              .withUid(
                                  world
                                      .deployment(WriterWorld.PLATFORM)
                                      .get()
                                      .getMetadata()
                                      .getUid())
                              .build()));
              return secret;
            });
    world.databases.primary.kill();
    StepError error = bench.run(world.cutover(bench.factsOfEnd())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("is kept by Deployment arbitex-platform");
    assertThat(world.replicas()).containsExactly(2, 1);
  }

  private static void assertOnTarget(ProcedureBench bench) throws Exception {
    assertThat(bench.bindings).hasSize(1);
    world.awaitReady();
    assertThat(world.replicas()).containsExactly(2, 1);
    assertThat(world.reportIsSuspended()).isFalse();
    DatabaseAddress named = DatabaseAddress.parse(world.secret(WriterWorld.KEY));
    assertThat(bench.bindings.get(0).getResource()).isEqualTo("spare/" + named.database());
    assertThat(named.port()).isEqualTo(world.databases.spare.port());
    assertThat(world.secret(WriterWorld.KEY + ".before-recovery")).isEqualTo(world.oldSecret);
    assertThat(world.secret("OTHER")).isEqualTo("untouched");
    assertThat(world.deployment(WriterWorld.PLATFORM).get().getMetadata().getAnnotations())
        .doesNotContainKey(REPLICAS)
        .containsKey("recovery.arbitex.io/owner");
    long written = world.writesOnTarget(named);
    until("they write to the new one", () -> world.writesOnTarget(named) > written);
  }

  private static void assertAsBefore(Next.Finished end) throws Exception {
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(world.secret(WriterWorld.KEY)).isEqualTo(world.oldSecret);
    assertThat(world.replicas()).containsExactly(2, 1);
    assertThat(world.reportIsSuspended()).isFalse();
    assertThat(world.deployment(WriterWorld.PLATFORM).get().getMetadata().getAnnotations())
        .doesNotContainKey(REPLICAS);
    world.awaitReady();
    assertThat(logsIn(world.oldSecret)).isTrue();
    long written = world.writesOnPrimary();
    until("they write to the old one", () -> world.writesOnPrimary() > written);
    String database = world.databases.databases(world.databases.spare).get(0);
    assertThat(world.databases.comment(world.databases.spare, database).orElseThrow())
        .contains("PROVEN");
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
