package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The volume of Redis is gone, with the claim that was for it Lost: nothing can be put on it. */
class RedisVolumeLostTest {
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

  private static RedisWorld backedUp() throws Exception {
    RedisWorld world = new RedisWorld(cluster, folder, true);
    world.backup("rp-1", Instant.now().minusSeconds(3_600));
    return world;
  }

  private static RedisWorld lost() throws Exception {
    RedisWorld world = backedUp();
    world.loseVolume();
    return world;
  }

  private static Map<String, String> done(RedisWorld world, ProcedureBench bench, String procedure)
      throws Exception {
    Next.Finished end = bench.run(world.restore(procedure, Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    return bench.factsOfEnd();
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws Exception {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
  }

  private static void assertRecovered(RedisWorld world, String lostVolume) throws Exception {
    world.awaitReady();
    until("all keys are there", () -> world.keys() >= RedisWorld.KEYS);
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    assertThat(world.set().get().getMetadata().getAnnotations())
        .doesNotContainKeys(
            "recovery.arbitex.io/claim-before",
            "recovery.arbitex.io/replicas",
            "recovery.arbitex.io/moving");
    assertThat(world.claim().getStatus().getPhase()).isEqualTo("Bound");
    assertThat(world.claim().getSpec().getVolumeName()).isNotEqualTo(lostVolume);
    assertThat(world.dataFiles()).containsExactly("appendonlydir");
    assertThat(world.workPods()).isEmpty();
  }

  private static void assertAsItWas(RedisWorld world, String lostVolume) throws Exception {
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(lostVolume);
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    assertThat(world.set().get().getMetadata().getAnnotations())
        .doesNotContainKeys("recovery.arbitex.io/claim-before", "recovery.arbitex.io/replicas");
    until("its pod is there", () -> world.pod() != null);
    assertThat(world.pod().getStatus().getPhase()).isEqualTo("Pending");
    assertThat(world.workPods()).isEmpty();
  }

  @Test
  void theNewestFileComesBackOnANewVolumeThroughACrashAtEveryBoundary() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    bench.crashOnceEverywhere();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    assertThat(facts).containsEntry("lost-volume", volume).containsEntry("staged-aside", "true");
    assertAsItWas(world, volume);
    bench.crashOnceAroundEveryFact();
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes()).hasSizeGreaterThan(50);
    assertRecovered(world, volume);
    assertThat(world.claim().getSpec().getResources().getRequests()).containsKey("storage");
    assertThat(bench.bindings).hasSize(1);
    world.restartPod();
    until("it has its keys after a restart", () -> world.keys() >= RedisWorld.KEYS);
  }

  @Test
  void itStartsColdOnANewVolumeWhereThatIsThePlan() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.cutover(done(world, bench, "redis.cold")));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    world.awaitReady();
    until("it is empty", () -> world.keys() == 0);
    // One that is lost again comes back again.
    world.loseVolume();
    end = bench.run(world.cutover(done(world, bench, "redis.rdb"), 1));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    until("all keys are there", () -> world.keys() >= RedisWorld.KEYS);
  }

  @Test
  void aCutoverThatIsCancelledAtTheLastMomentGivesTheClaimBackThroughCrashes() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    Execution execution = bench.start(world.cutover(facts));
    advanceTo(execution, ExecutionState.RECORDING, "place-data");
    assertThat(world.claim().getSpec().getVolumeName()).isNotEqualTo(volume);
    assertThat(world.claim().getMetadata().getAnnotations())
        .as("bars whoever stood still since before")
        .containsKey("recovery.arbitex.io/owner");
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
    assertAsItWas(world, volume);
    assertThat(bench.bindings).isEmpty();

    assertThat(bench.run(world.cutover(facts)).outcome()).isEqualTo(Outcome.DONE);
    assertRecovered(world, volume);
  }

  /** A cutover whose clean-up fails too: Redis is at 0, its claim made anew. */
  private static void leaveInTheMiddle(
      RedisWorld world, ProcedureBench bench, Map<String, String> facts) throws Exception {
    Execution execution = bench.start(world.cutover(facts));
    advanceTo(execution, ExecutionState.MAKING, "open-work-pod");
    execution.cancel();
    cluster.control().add(Misbehaviour.of("delete", "persistentvolumeclaims", How.FORBIDDEN, 0));
    StepError left = bench.drive(execution).error().orElseThrow();
    assertThat(left.getLeftBehind()).contains("Redis is not started").contains("made anew");
    assertThat(world.set().get().getSpec().getReplicas()).as("not on an empty volume").isZero();
    cluster.control().clearAll();
  }

  @Test
  void anAttemptGoesOnWithWhatAnotherLeftInTheMiddle() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    leaveInTheMiddle(world, bench, facts);
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertRecovered(world, volume);
  }

  /** Review: what the restore had staged on the lost volume was looked for on the new one. */
  @Test
  void anAttemptStagesAgainWhatWentWithTheVolume() throws Exception {
    RedisWorld world = backedUp();
    world.ask(commands -> commands.flushall());
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    leaveInTheMiddle(world, bench, facts);
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertRecovered(world, volume);
  }

  /** Review: it was deleted with all that users had written since, by a clean-up. */
  @Test
  void aClaimThatRedisWasStartedOnByHandIsGivenBackToNobody() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    leaveInTheMiddle(world, bench, done(world, bench, "redis.rdb"));
    world.set().scale(1);
    world.awaitReady();
    world.fill("since:", 7);
    String claim = world.claim().getMetadata().getUid();
    Execution later = bench.start(world.cutover(done(world, bench, "redis.rdb")));
    advanceTo(later, ExecutionState.RECORDING, "place-data");
    later.cancel();
    assertThat(bench.drive(later).outcome()).isEqualTo(Outcome.CANCELLED);
    world.awaitReady();
    until("its keys are there", () -> world.keys() == 7);
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(claim);
  }

  /**
   * Review: what could not be put back was on a volume that was given up, and barred all others.
   */
  @Test
  void dataThatCouldNotBePutBackOnTheNewVolumeBarsNoOtherCutover() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Execution cutover = bench.start(world.cutover(done(world, bench, "redis.rdb")));
    advanceTo(cutover, ExecutionState.RECORDING, "place-data");
    cutover.cancel();
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 0));
    StepError error = bench.drive(cutover).error().orElseThrow();
    assertThat(error.getLeftBehind()).isEmpty();
    cluster.control().clearAll();
    assertAsItWas(world, volume);
    assertThat(world.set().get().getMetadata().getAnnotations())
        .doesNotContainKey("recovery.arbitex.io/moving");
    Next.Finished end = bench.run(world.cutover(done(world, bench, "redis.cold")));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    world.awaitReady();
  }

  /** Review: each retry said that somebody had scaled it. */
  @Test
  void aVolumeThatIsLostAgainRightAfterTheStartIsReplacedByTheNextAttempt() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    advanceTo(bench.start(world.cutover(facts)), ExecutionState.LOOKING, "await-redis");
    world.awaitReady();
    String second = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertRecovered(world, second);
  }

  /** Review: scaled up and down again by hand, it was given back with what users had written. */
  @Test
  void aClaimThatRedisMayHaveRunOnIsGivenBackToNobodyEither() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    leaveInTheMiddle(world, bench, done(world, bench, "redis.rdb"));
    world.set().scale(1);
    world.awaitReady();
    world.fill("since:", 7);
    world.ask(RedisCommands::save);
    world.set().scale(0);
    until("no pod is left", () -> world.pod() == null);
    String claim = world.claim().getMetadata().getUid();
    Execution later = bench.start(world.cutover(done(world, bench, "redis.rdb")));
    advanceTo(later, ExecutionState.RECORDING, "place-data");
    later.cancel();
    Next.Finished end = bench.drive(later);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.error().orElseThrow().getLeftBehind()).contains("may have run on it");
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(claim);
    assertThat(world.set().get().getSpec().getReplicas()).as("a person's").isZero();
    world.set().scale(1);
    world.awaitReady();
    until("its keys are there", () -> world.keys() == 7);
  }

  /** Review: Redis came up on an empty volume, which looked as if it had healed. */
  @Test
  void aSetThatWasChangedWhileItStoodStillIsNotStartedOnAnEmptyVolume() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    leaveInTheMiddle(world, bench, facts);
    world
        .set()
        .edit(
            set ->
                new StatefulSetBuilder(set)
                    .editSpec()
                    .editTemplate()
                    .editMetadata()
                    .addToAnnotations("kubectl.kubernetes.io/restartedAt", "now")
                    .endMetadata()
                    .endTemplate()
                    .endSpec()
                    .build());
    Execution later = bench.start(world.cutover(facts));
    advanceTo(later, ExecutionState.MAKING, "place-data");
    later.cancel();
    assertThat(bench.drive(later).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(world.set().get().getSpec().getReplicas()).isZero();
    assertThat(bench.run(world.cutover(facts)).outcome()).isEqualTo(Outcome.DONE);
    until("all keys are there", () -> world.keys() >= RedisWorld.KEYS);
  }

  /** Review: the next attempt moved its data aside, and nobody moved it back. */
  @Test
  void aVolumeThatWasThereBeforeTheClaimIsNotTakenByALaterAttemptEither() throws Exception {
    RedisWorld world = lost();
    Path found = world.offerVolume("found-" + world.namespace);
    Files.writeString(found.resolve("dump.rdb"), "newer than any backup");
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    for (int attempt = 0; attempt < 2; attempt++) {
      StepError error = bench.run(world.cutover(facts)).error().orElseThrow();
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("was there before it");
      assertThat(found.resolve("dump.rdb")).hasContent("newer than any backup");
      assertThat(world.set().get().getSpec().getReplicas()).isZero();
    }
  }

  /** Review: what Redis had written since its start was moved out of its folder. */
  @Test
  void aVolumeThatCameBackAfterTheStartKeepsWhatRedisWroteThere() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    advanceTo(bench.start(world.cutover(facts)), ExecutionState.LOOKING, "await-redis");
    world.awaitReady();
    Path disk = world.data();
    world.loseVolume();
    Execution again = bench.start(world.cutover(facts));
    advanceTo(again, ExecutionState.MAKING, "renew-claim");
    world.bringVolumeBack();
    assertThat(bench.drive(again).error().orElseThrow().getMessage()).contains("is there again");
    assertThat(disk.resolve("appendonlydir")).isNotEmptyDirectory();
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
  }

  @Test
  void whatIsPreparedIsSentAgainWhenItsPodIsDeleted() throws Exception {
    RedisWorld world = lost();
    ProcedureBench bench = world.bench();
    Execution restore = bench.start(world.restore("redis.rdb", Map.of()));
    advanceTo(restore, ExecutionState.MAKING, "prove-staged");
    String pod = world.workPods().get(0);
    cluster.client().pods().inNamespace(world.namespace).withName(pod).delete();
    until("the work pod is gone", () -> world.workPods().isEmpty());
    Next.Finished end = bench.drive(restore);
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("loaded-keys", Integer.toString(RedisWorld.KEYS));
  }

  @Test
  void aVolumeThatIsLostAfterTheRestoreTakesItsStagingWithIt() throws Exception {
    RedisWorld world = backedUp();
    world.ask(commands -> commands.flushall());
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertRecovered(world, volume);
    assertThat(RedisWorld.everythingSaid(bench))
        .contains("the volume " + volume + " is gone")
        .contains("Its disk, should it be there, is not touched");
  }

  @Test
  void aFileThatIsGoneByTheCutoverIsToldBeforeAnythingIsTouched() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Map<String, String> facts = done(world, bench, "redis.rdb");
    Files.delete(world.backups.resolve("eu-1-rp-1.rdb"));
    StepError error = bench.run(world.cutover(facts)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertAsItWas(world, volume);
  }

  @Test
  void whatLiesOnTheVolumeCannotBeRestoredWithoutIt() throws Exception {
    RedisWorld world = lost();
    StepError error = world.bench().run(world.restore("redis.aof", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("Lost");
    assertThat(error.getHint()).contains("redis.rdb");
  }

  @Test
  void aRightThatIsMissingIsToldBeforeAnythingIsTouched() throws Exception {
    RedisWorld world = lost();
    cluster.control().add(Misbehaviour.of("create", "persistentvolumeclaims", How.FORBIDDEN, 0));
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getMessage()).contains("create persistentvolumeclaims");
    assertThat(world.workPods()).isEmpty();
  }

  /** Somebody may be making a volume for it right now. */
  @Test
  void aClaimThatAPersonMadeForAVolumeThatIsNotThereYetIsNotReplaced() throws Exception {
    RedisWorld world = lost();
    PersistentVolumeClaim theirs = world.claim();
    world.set().scale(0);
    until("no pod is left", () -> world.pod() == null);
    cluster.client().resource(theirs).delete();
    until("the claim is gone", () -> world.claim() == null);
    cluster
        .client()
        .persistentVolumeClaims()
        .inNamespace(world.namespace)
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(RedisWorld.CLAIM)
                .endMetadata()
                .withNewSpecLike(theirs.getSpec())
                .withVolumeName("from-the-cupboard")
                .endSpec()
                .build())
        .create();
    world.set().scale(1);
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("is Pending");
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo("from-the-cupboard");
  }

  @Test
  void aVolumeThatAPersonReservedForItIsNotTakenForAnEmptyOne() throws Exception {
    RedisWorld world = lost();
    cluster
        .client()
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("rescued-" + world.namespace)
                .endMetadata()
                .withNewSpec()
                .addToCapacity("storage", new Quantity("1Gi"))
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName("managed-csi")
                .withPersistentVolumeReclaimPolicy("Delete")
                .withNewClaimRef()
                .withNamespace(world.namespace)
                .withName(RedisWorld.CLAIM)
                .endClaimRef()
                .endSpec()
                .build())
        .create();
    StepError error = world.bench().run(world.restore("redis.rdb", Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("rescued-" + world.namespace).contains("reserved");
  }

  @Test
  void aVolumeThatIsBackRightBeforeTheStartIsGivenBack() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Execution cutover = bench.start(world.cutover(done(world, bench, "redis.rdb")));
    advanceTo(cutover, ExecutionState.MAKING, "start-redis");
    world.bringVolumeBack();
    StepError error = bench.drive(cutover).error().orElseThrow();
    assertThat(error.getMessage()).contains("the volume " + volume + " is there again");
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(volume);
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
  }

  @Test
  void aVolumeThatIsBackByTheCutoverIsNotReplaced() throws Exception {
    RedisWorld world = backedUp();
    String volume = world.claim().getSpec().getVolumeName();
    world.loseVolume();
    ProcedureBench bench = world.bench();
    Execution cutover = bench.start(world.cutover(done(world, bench, "redis.rdb")));
    advanceTo(cutover, ExecutionState.MAKING, "renew-claim");
    world.bringVolumeBack();
    StepError error = bench.drive(cutover).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("the volume " + volume + " is there again");
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(volume);
    assertThat(world.set().get().getSpec().getReplicas()).isEqualTo(1);
    assertThat(List.copyOf(bench.bindings)).isEmpty();
  }
}
