package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same with crashes, damaged files, a cluster that refuses, and people in the middle. */
class RedisTroubleTest {
  @TempDir static Path folder;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterEach
  void clear() throws Exception {
    cluster.control().clearAll();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Instant ago(int minutes) {
    return Instant.now().minusSeconds(60L * minutes);
  }

  private static RedisWorld lost() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", ago(60));
    world.ask(commands -> commands.flushall());
    return world;
  }

  private static Map<String, String> restored(RedisWorld world, ProcedureBench bench)
      throws Exception {
    Next.Finished end = bench.run(world.restore("redis.rdb", Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    return bench.factsOfEnd();
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws Exception {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
  }

  @Test
  void aProcessThatDiesAtEveryBoundaryLosesAndDoublesNothing() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    bench.crashOnceEverywhere();
    Map<String, String> facts = restored(world, bench);
    assertThat(bench.crashes()).hasSizeGreaterThan(30);
    assertThat(world.keys()).isZero();
    bench.crashOnceEverywhere();
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).hasSizeGreaterThan(40);
    world.awaitReady();
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    assertThat(world.dataFiles()).containsExactly("appendonlydir");
    assertThat(world.workPods()).isEmpty();
    assertThat(bench.bindings).hasSize(1);
  }

  @Test
  void aCutoverThatIsCancelledAtTheLastMomentPutsTheOldDataBackThroughCrashes() throws Exception {
    RedisWorld world = lost();
    world.fill("since:", 5);
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    Execution execution = bench.start(world.cutover(facts));
    advanceTo(execution, ExecutionState.RECORDING, "place-data");
    assertThat(world.pod()).isNull();
    execution.cancel();
    bench.crashOnceEverywhere();
    Next.Finished end = null;
    while (end == null) {
      try {
        end = bench.drive(execution);
      } catch (ProcedureBench.SimulatedCrash e) {
        execution = bench.start(execution.command());
        execution.cancel();
      }
    }
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    world.awaitReady();
    until("the old data is there", () -> world.keys() == 5);
    assertThat(world.workPods()).isEmpty();
    assertThat(bench.bindings).isEmpty();

    // The staging is still what was proven, so a person can say: again.
    assertThat(bench.run(world.cutover(facts)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
  }

  @Test
  void damagedFilesArePassedOverAndTold() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("good", ago(90));
    Path cut = world.backup("cut", ago(60));
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Path flipped = world.backup("flipped", ago(30));
    bytes = Files.readAllBytes(flipped);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(flipped, bytes);
    // Its sum is right, so only redis-check-rdb can know.
    Path wrong = world.backup("flipped-before-its-sum", ago(20));
    bytes = Files.readAllBytes(wrong);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(wrong, bytes);
    world.describe(wrong, "flipped-before-its-sum", ago(20), RedisWorld.KEYS);
    world.backup("too-late", Instant.now().plusSeconds(60));
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    assertThat(facts).containsEntry("restore-point", "good");
    assertThat(facts.get("rejected"))
        .contains("cut is not what was written")
        .contains("flipped is not what was written")
        .contains("flipped-before-its-sum fails redis-check-rdb")
        .contains("too-late was taken at");
    StepError error =
        bench
            .run(world.restore("redis.rdb", Map.of("exclude-restore-points", "good")))
            .error()
            .orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
  }

  @Test
  void anUploadThatIsCutIsSentAgain() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Execution execution = bench.start(world.restore("redis.rdb", Map.of()));
    advanceTo(execution, ExecutionState.MAKING, "stage-rdb");
    // The script before it is shorter than what it takes to be cut.
    cluster.control().add(new Misbehaviour("create", "pods/exec", ".*", How.CUT, 2, 0, 0, 10_000));
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.events).anyMatch(event -> event.getText().contains("closed without a status"));
    assertThat(bench.run(world.cutover(bench.factsOfEnd())).outcome()).isEqualTo(Outcome.DONE);
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
  }

  @Test
  void aClusterThatRefusesInTheMiddleGetsRedisBackAsItWas() throws Exception {
    RedisWorld world = lost();
    world.fill("since:", 5);
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    Execution execution = bench.start(world.cutover(facts));
    advanceTo(execution, ExecutionState.MAKING, "place-data");
    assertThat(world.pod()).isNull();
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 0));
    StepError error = bench.drive(execution).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getMessage()).contains("pods/exec").contains("403");
    assertThat(error.getHint()).contains("Role");
    assertThat(error.getLeftBehind()).isEmpty();
    cluster.control().clearAll();
    world.awaitReady();
    // The key that the judge wrote with goes after a second.
    until("it has its own keys", () -> world.keys() == 5);
    assertThat(bench.bindings).isEmpty();
  }

  @Test
  void aRefusedPreflightTouchesNothing() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    cluster.control().add(Misbehaviour.of("get", "statefulsets", How.FORBIDDEN, 0));
    cluster.control().add(Misbehaviour.of("delete", "pods", How.FORBIDDEN, 0));
    StepError error = bench.run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getMessage())
        .as("all that is missing, before the first work pod")
        .contains("get statefulsets.apps/" + RedisWorld.SET)
        .contains("delete pods")
        .doesNotContain("patch");
    assertThat(error.getHint()).contains("Role");
    assertThat(error.getLeftBehind()).isEmpty();
    cluster.control().clearAll();
    assertThat(world.workPods()).isEmpty();
    assertThat(world.dataFiles()).containsExactly("appendonlydir");
  }

  /** Review: a role for one object by its name grants nothing to a question without a name. */
  @Test
  void aRoleThatNamesItsStatefulSetWasTakenForNoRole() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    // What resourceNames of a role leave out: every other name, and the question without one.
    cluster
        .control()
        .add(
            new Misbehaviour(
                "patch",
                "statefulsets",
                "(?!" + RedisWorld.SET + "$).*",
                How.FORBIDDEN,
                0,
                0,
                0,
                0));
    assertThat(bench.run(world.cutover(restored(world, bench))).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void anAutoscalerThatWouldUndoTheScaleDownIsToldBeforeAnythingIsTouched() throws Exception {
    RedisWorld world = lost();
    cluster
        .client()
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(world.namespace)
        .resource(
            new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withName("more-redis")
                .endMetadata()
                .withNewSpec()
                .withMaxReplicas(3)
                .withNewScaleTargetRef("apps/v1", "StatefulSet", RedisWorld.SET)
                .endSpec()
                .build())
        .create();
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("HorizontalPodAutoscaler more-redis");
    assertThat(world.workPods()).isEmpty();
  }

  /** Review: Flux, which would scale up in the middle, was not seen. */
  @Test
  void aSetThatFluxKeepsIsToldBeforeAnythingIsTouched() throws Exception {
    RedisWorld world = lost();
    world
        .set()
        .edit(
            set ->
                new StatefulSetBuilder(set)
                    .editMetadata()
                    .addToLabels("helm.toolkit.fluxcd.io/name", "cache")
                    .endMetadata()
                    .build());
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("HelmRelease cache");
    assertThat(error.getHint()).contains("recovery.arbitex.io/gitops-paused");
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void anOperatorsScaleInTheMiddleIsSeenAndNotFought() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    Execution execution = bench.start(world.cutover(facts));
    advanceTo(execution, ExecutionState.MAKING, "place-data");
    world.set().scale(1);
    StepError error = bench.drive(execution).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("somebody scaled");
    world.awaitReady();
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    assertThat(world.dataFiles()).containsExactly("appendonlydir");
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void podsThatAreDeletedInTheMiddleAreMadeAgain() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Execution restore = bench.start(world.restore("redis.rdb", Map.of()));
    advanceTo(restore, ExecutionState.MAKING, "prove-staged");
    deleteWorkPod(world);
    assertThat(bench.drive(restore).outcome()).isEqualTo(Outcome.DONE);
    Execution cutover = bench.start(world.cutover(bench.factsOfEnd()));
    advanceTo(cutover, ExecutionState.MAKING, "place-data");
    deleteWorkPod(world);
    advanceTo(cutover, ExecutionState.LOOKING, "await-redis");
    until("Redis has a pod", () -> world.pod() != null);
    world.restartPod();
    Next.Finished end = bench.drive(cutover);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
  }

  private static void deleteWorkPod(RedisWorld world) throws Exception {
    List<String> pods = world.workPods();
    assertThat(pods).hasSize(1);
    cluster.client().pods().inNamespace(world.namespace).withName(pods.get(0)).delete();
    until("the work pod is gone", () -> world.workPods().isEmpty());
  }

  @Test
  void aSourceThatIsSoundIsNotReplaced() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", ago(60));
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    StepError error = bench.run(world.cutover(facts)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertThat(world.set().get().getMetadata().getAnnotations()).isNullOrEmpty();
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void aFlushIsUndoneFromTheAppendOnlyFile() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    long filled = Instant.now().getEpochSecond();
    until("another second", () -> Instant.now().getEpochSecond() > filled + 1);
    world.ask(commands -> commands.flushall());
    world.fill("since:", 3);
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore("redis.aof", Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("keys", Integer.toString(RedisWorld.KEYS))
        .containsKey("aof-target");
    String id = bench.factsOfEnd().get("staging-id");
    assertThat(world.data().resolve(".recovery").resolve(id).resolve("copy")).doesNotExist();
    until("it has its own keys", () -> world.keys() == 3);
    Map<String, String> approved = bench.factsOfEnd();
    approved.put("source-may-live", "true");
    end = bench.run(world.cutover(approved));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    // The key that a write was proven with goes after a second.
    until("the keys of before are there", () -> world.keys() == RedisWorld.KEYS);
    assertThat(world.<String>ask(commands -> commands.get("key:77"))).isEqualTo("value 77");
    world.restartPod();
    until("it has all of its keys", () -> world.keys() == RedisWorld.KEYS);
  }

  @Test
  void withoutAnAppendOnlyFileThereIsNothingToGoBackTo() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, false);
    ProcedureBench bench = world.bench();
    StepError error = bench.run(world.restore("redis.aof", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void aMoveThatRanOnAfterItsCancelWroteOverTheDataThatWasPutBack() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, false);
    Path backup = world.backup("rp-1", ago(60));
    world.ask(commands -> commands.flushall());
    world.fill("since:", 5);
    ProcedureBench bench = world.bench();
    Execution execution = bench.start(world.cutover(restored(world, bench)));
    advanceTo(execution, ExecutionState.MAKING, "place-data");
    Path gate = Files.createFile(world.backups.resolve("gate"));
    Path reached = world.backups.resolve("reached");
    world.putInWorkPod(
        "mv",
        "case \"$*\" in *staged/dump.rdb*) echo $$ >%s.new && /bin/mv %s.new %s"
                .formatted(reached, reached, reached)
            + " && while [ -e %s ]; do sleep 0.02; done;; esac\nexec /bin/mv \"$@\"\n"
                .formatted(gate));
    CompletableFuture<Next.Finished> end = new CompletableFuture<>();
    Thread drive =
        new Thread(
            () -> {
              try {
                end.complete(bench.drive(execution));
              } catch (InterruptedException | RuntimeException | Error e) {
                end.completeExceptionally(e);
              }
            });
    drive.start();
    until("the last move is begun", () -> Files.exists(reached));
    execution.cancel();
    Next.Finished finished = end.get(60, TimeUnit.SECONDS);
    assertThat(finished.outcome()).as(finished.toString()).isEqualTo(Outcome.CANCELLED);
    assertThat(finished.error().orElseThrow().getLeftBehind()).isEmpty();
    Files.delete(gate);
    long move = Long.parseLong(Files.readString(reached).strip());
    until("the move is over", () -> ProcessHandle.of(move).isEmpty());
    assertThat(world.data().resolve("dump.rdb"))
        .satisfies(
            file -> assertThat(Files.readAllBytes(file)).isNotEqualTo(Files.readAllBytes(backup)));
    world.awaitReady();
    until("the old data is there", () -> world.keys() == 5);
  }

  @Test
  void aSecondCutoverStartedRedisOnDataThatWasHalfMoved() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Map<String, String> first = restored(world, bench);
    Map<String, String> second = restored(world, bench);
    Execution execution = bench.start(world.cutover(first));
    advanceTo(execution, ExecutionState.RECORDING, "place-data");
    execution.cancel();
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 0));
    StepError left = bench.drive(execution).error().orElseThrow();
    assertThat(left.getLeftBehind())
        .contains("put the old data back failed")
        .contains("Redis is not started");
    cluster.control().clearAll();

    StepError error = bench.run(world.cutover(second)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage())
        .contains("left in the middle of a move")
        .contains(first.get("staging-id"));
    assertThat(error.getHint()).contains("/old back").contains("recovery.arbitex.io/moving-");
    assertThat(world.set().get().getSpec().getReplicas()).as("nobody started it").isZero();

    // The one that began the move may go on with it.
    Next.Finished end = bench.run(world.cutover(first));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    world.awaitReady();
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS);
    assertThat(world.set().get().getMetadata().getAnnotations())
        .doesNotContainKey("recovery.arbitex.io/moving");
  }

  @Test
  void aHungRedisBehindAFailingProbeLookedUnreachable() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", ago(60));
    world.door = "127.255.255.254";
    ProcedureBench bench = world.bench();
    Map<String, String> facts = restored(world, bench);
    String pid =
        world.ask(commands -> RedisInfo.parse(commands.info("server")).text("process_id").get());
    assertThat(new ProcessBuilder("kill", "-STOP", pid).start().waitFor()).isZero();
    try {
      until("its probe fails", () -> !Readiness.isPodReady(world.pod()));
      StepError error = bench.run(world.cutover(facts)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("(hung)");
      assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    } finally {
      assertThat(new ProcessBuilder("kill", "-CONT", pid).start().waitFor()).isZero();
    }
  }

  @Test
  void anEmptyRedisSavedItsEmptinessOverTheOldDump() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, false);
    Path backup = world.backup("rp-1", ago(60));
    world.ask(commands -> commands.flushall());
    Files.copy(
        backup,
        world.data().resolve("dump.rdb"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.cutover(restored(world, bench)));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    Map<String, String> facts = bench.factsOfEnd();
    Path kept = world.data().resolve(facts.get("kept-dump").replaceFirst("^/data/", ""));
    Path old = world.data().resolve(facts.get("old-data").replaceFirst("^/data/", ""));
    assertThat(kept).hasSameBinaryContentAs(backup);
    assertThat(Files.size(old.resolve("dump.rdb"))).isLessThan(Files.size(backup));
  }

  @Test
  void aSubPathOfTheClaimWasTakenForTheWholeOfIt() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", ago(60));
    world
        .set()
        .edit(
            set ->
                new StatefulSetBuilder(set)
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .editFirstContainer()
                    .editFirstVolumeMount()
                    .withSubPath("redis")
                    .endVolumeMount()
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("subPath");
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void anotherPodThatHadTheClaimWasNotSeen() throws Exception {
    RedisWorld world = lost();
    cluster
        .client()
        .pods()
        .inNamespace(world.namespace)
        .resource(TestCluster.podWithClaim("copier", RedisWorld.CLAIM))
        .create();
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("other pods").contains("copier");
  }

  @Test
  void aRedisThatRewroteAndStartedAgainBeforeItsProofWasTakenForABadOne() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Execution execution = bench.start(world.cutover(restored(world, bench)));
    advanceTo(execution, ExecutionState.LOOKING, "prove-redis");
    world.fill("client:", 10);
    world.ask(commands -> commands.bgrewriteaof());
    until(
        "it is rewritten",
        () ->
            world
                .<String>ask(commands -> commands.info("persistence"))
                .contains("aof_rewrite_in_progress:0"));
    world.restartPod();
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.keys()).isGreaterThanOrEqualTo(RedisWorld.KEYS + 10);
  }
}
