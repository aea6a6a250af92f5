package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.volumes.VolumeCutover;
import io.arbitex.recovery.executors.volumes.VolumeTarget;
import io.arbitex.recovery.lab.azure.DiskCloud;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.schemas.Facts;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.volume} in a cluster of the lab whose disks are those of the lab's Azure. */
class VolumeCutoverTest {
  private static final String REPLICAS = "recovery.arbitex.io/replicas";

  @TempDir static Path folder;
  private static TestCluster cluster;
  private static DiskCloud cloud;
  private VolumeWorld world;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    cloud = new DiskCloud(cluster.disks());
  }

  @BeforeEach
  void deploy() throws Exception {
    world = new VolumeWorld(cluster, cloud, folder);
    world.snapshot("1");
  }

  @AfterEach
  void clear() throws Exception {
    cluster.control().clearAll();
    cloud.control().clearAll();
    world.app().delete();
  }

  @AfterAll
  static void stop() throws Exception {
    cloud.close();
    cluster.close();
  }

  @Test
  void aLostVolumeIsReplacedByOneFromItsSnapshot() throws Exception {
    world.lose();
    ProcedureBench bench = restored();
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", world.namespace + "-1")
        .containsEntry("restored-files", "2");
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("source-state", "Lost, and its disk is gone");
    assertOnRestored(bench);
  }

  @Test
  void everyCrashOfBothEndsWithOneDiskAndItsData() throws Exception {
    world.lose();
    ProcedureBench bench = world.bench();
    bench.crashOnceEverywhere();
    Next.Finished restored = bench.run(world.restore(Map.of()));
    assertThat(restored.outcome()).as(restored.toString()).isEqualTo(Outcome.DONE);
    Next.Finished end = bench.run(world.cutover(bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.crashes())
        .hasSizeGreaterThan(60)
        .contains("after make-disk INTENT", "after free-claim INTENT", "after bind-volume INTENT");
    assertOnRestored(bench);
  }

  @Test
  void aDamagedVolumeIsReplacedByApprovalAndItsDiskIsKept() throws Exception {
    world.write(Map.of("events.jsonl", "mallory\n"));
    ProcedureBench bench = restored();
    assertThat(policy(world.oldVolume)).isEqualTo("Delete");
    Next.Finished end = bench.run(world.cutover(approved(bench)));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertOnRestored(bench);
    PersistentVolume old = world.volume(world.oldVolume).orElseThrow();
    until("it is released", () -> phase(world.oldVolume).equals("Released"));
    assertThat(old.getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    assertThat(world.files(world.oldVolume)).containsEntry("events.jsonl", "mallory\n");
    assertThat(Facts.toMap(bench.bindings.get(0).getFacts()))
        .containsEntry("previous-volume", world.oldVolume);
  }

  @Test
  void aVolumeThatIsInUseIsNotReplaced() throws Exception {
    ProcedureBench bench = restored();
    StepError error = bench.run(world.cutover(bench.factsOfEnd())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.SOURCE_SOUND);
    assertAsBefore(error);
    assertThat(policy(world.oldVolume)).as("nothing was touched").isEqualTo("Delete");
  }

  /** Review: pods that go on writing to a mounted disk were stopped for an older snapshot. */
  @Test
  void aVolumeWhoseDiskIsThereIsNotLostWhateverBecameOfItsObject() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> facts = bench.factsOfEnd();
    world.loseVolume();
    StepError ready = bench.run(world.cutover(facts)).error().orElseThrow();
    assertThat(ready.getCode()).as(ready.getMessage()).isEqualTo(FailureCode.SOURCE_SOUND);
    world.killPods();
    StepError there = bench.run(world.cutover(facts)).error().orElseThrow();
    assertThat(there.getCode()).as(there.getMessage()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(there.getMessage()).contains("its disk is there");
    assertThat(world.replicas()).isEqualTo(2);
  }

  /** Only the binding knew the disk, and only one that the snapshot was of was asked for. */
  @Test
  void theDiskOfTheBindingIsAskedForToo() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> facts = new LinkedHashMap<>(bench.factsOfEnd());
    facts.put("source-epoch", "1");
    world.lose();
    String bound = world.oldVolume + "-bound";
    Files.createDirectory(world.disk(bound));
    Bound binding = new Bound(VolumeWorld.CLAIM, 1, Map.of("disk", DiskCloud.diskId(bound)));
    VolumeTarget target = world.target(() -> Optional.of(binding), VolumeTarget.PATIENCE);
    StepError error =
        bench.run(world.cutover(facts), VolumeCutover.of(target)).error().orElseThrow();
    assertThat(error.getCode()).as(error.getMessage()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("its disk is there").contains(bound);
  }

  @Test
  void aVolumeThatIsThereIsNotLostSinceNoPodIsReady() throws Exception {
    ProcedureBench bench = restored();
    world.app().scale(0);
    until("no pod is left", () -> pods() == 0);
    StepError error = bench.run(world.cutover(bench.factsOfEnd())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("its disk is there");
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(world.oldVolume);
    world.app().scale(2);
  }

  @Test
  void aForeignPodThatHasTheClaimIsNamedAndTheClaimIsNotDeleted() throws Exception {
    cluster
        .client()
        .pods()
        .inNamespace(world.namespace)
        .resource(TestCluster.podWithClaim("debug", VolumeWorld.CLAIM))
        .create();
    ProcedureBench bench = restored();
    String uid = world.claim().getMetadata().getUid();
    Next.Finished end = bench.run(world.cutover(approved(bench)), VolumeCutover.of(impatient()));
    StepError error = end.error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("still in use: by the pods debug");
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(uid);
    assertAsBefore(error);
  }

  @Test
  void whoScalesUpInTheMiddleIsSeenAndNotFought() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(world.cutover(approved(bench)));
    advanceTo(execution, ExecutionState.MAKING, "free-claim");
    world.app().scale(1);
    StepError error = bench.drive(execution).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("somebody scaled deployment/arbitex-platform to 1");
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(world.replicas()).as("theirs stays").isEqualTo(1);
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(world.oldVolume);
  }

  @Test
  void aClaimThatSomebodyReplacedInTheMiddleIsNotDeleted() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(world.cutover(approved(bench)));
    advanceTo(execution, ExecutionState.MAKING, "free-claim");
    cluster.client().resource(world.claim()).delete();
    until("it is gone", () -> world.claim() == null);
    cluster
        .client()
        .persistentVolumeClaims()
        .inNamespace(world.namespace)
        .resource(TestCluster.claim(VolumeWorld.CLAIM, "default"))
        .create();
    until("theirs is bound", () -> world.claim().getStatus().getPhase().equals("Bound"));
    String theirs = world.claim().getMetadata().getUid();
    StepError error = bench.drive(execution).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
    assertThat(error.getMessage()).contains("somebody has changed the claim");
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(theirs);
  }

  @Test
  void aCutoverThatIsGivenUpBindsTheOldVolumeAgain() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> approved = approved(bench);
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "bind-volume");
    assertThat(world.claim().getSpec().getVolumeName()).isNotEqualTo(world.oldVolume);
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertAsBefore(end.error().orElseThrow());
    assertThat(cloud.disksOf(world.component)).as("the proven disk is kept").hasSize(1);

    Next.Finished again = bench.run(world.cutover(approved));
    assertThat(again.outcome()).as(again.toString()).isEqualTo(Outcome.DONE);
    assertOnRestored(bench);
  }

  @Test
  void aCutoverThatIsGivenUpBindsTheOldVolumeAgainThroughCrashes() throws Exception {
    ProcedureBench bench = restored();
    Execution execution = bench.start(world.cutover(approved(bench)));
    advanceTo(execution, ExecutionState.MAKING, "start-writers");
    cluster
        .control()
        .add(
            new Misbehaviour(
                "patch", "persistentvolumeclaims", VolumeWorld.CLAIM, How.FORBIDDEN, 0, 0, 1, 0));
    bench.crashOnceEverywhere();
    Next.Finished end = null;
    while (end == null) {
      try {
        end = bench.drive(execution);
      } catch (ProcedureBench.SimulatedCrash e) {
        execution = bench.start(execution.command());
      }
    }
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.FAILED);
    cluster.control().clearAll();
    assertThat(bench.crashes()).contains("after put-back-claim INTENT");
    assertAsBefore(end.error().orElseThrow());
  }

  @Test
  void whatOneAttemptCouldNotPutBackTheNextOneTakesOver() throws Exception {
    ProcedureBench bench = restored();
    Map<String, String> approved = approved(bench);
    leaveBehind(bench, approved);
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "take-over");
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertAsBefore(end.error().orElseThrow());

    leaveBehind(bench, approved);
    Next.Finished done = bench.run(world.cutover(approved));
    assertThat(done.outcome()).as(done.toString()).isEqualTo(Outcome.DONE);
    assertOnRestored(bench);
  }

  /** A cutover that dies for good with the workloads at 0 and no claim. */
  private void leaveBehind(ProcedureBench bench, Map<String, String> approved) throws Exception {
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "free-claim");
    cluster.control().add(Misbehaviour.of("create", "persistentvolumeclaims", How.FORBIDDEN, 0));
    execution.cancel();
    StepError error = bench.drive(execution).error().orElseThrow();
    cluster.control().clearAll();
    assertThat(error.getLeftBehind()).contains("bind the claim to the old volume again failed");
    assertThat(world.replicas()).as("not started without their volume").isZero();
    assertThat(world.claim()).isNull();
  }

  @Test
  void aRetryBehindThePointOfNoReturnOnlyEndsWhatWasBegun() throws Exception {
    world.lose();
    ProcedureBench bench = restored();
    Map<String, String> restored = bench.factsOfEnd();
    Execution execution = bench.start(world.cutover(restored));
    advanceTo(execution, ExecutionState.RECORDING, "start-writers");
    cluster.control().add(Misbehaviour.of("get", "deployments", How.FORBIDDEN, 0));
    assertThat(bench.drive(execution).outcome()).isEqualTo(Outcome.FAILED);
    cluster.control().clearAll();
    world.awaitReady();
    String claim = world.claim().getMetadata().getUid();
    long generation = world.app().get().getMetadata().getGeneration();
    Next.Finished end = bench.run(world.cutover(restored));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(claim);
    assertThat(world.app().get().getMetadata().getGeneration()).isEqualTo(generation);
    assertOnRestored(bench);
  }

  private ProcedureBench restored() throws Exception {
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore(Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(world.ours()).isEmpty();
    return bench;
  }

  private static Map<String, String> approved(ProcedureBench bench) {
    Map<String, String> facts = new LinkedHashMap<>(bench.factsOfEnd());
    facts.put("source-may-live", "true");
    return facts;
  }

  private VolumeTarget impatient() throws Exception {
    return world.target(Optional::empty, Duration.ofSeconds(1));
  }

  private int pods() {
    return cluster.client().pods().inNamespace(world.namespace).list().getItems().size();
  }

  private String policy(String volume) {
    return world.volume(volume).orElseThrow().getSpec().getPersistentVolumeReclaimPolicy();
  }

  private String phase(String volume) {
    return world.volume(volume).orElseThrow().getStatus().getPhase();
  }

  private void assertOnRestored(ProcedureBench bench) throws Exception {
    world.awaitReady();
    PersistentVolumeClaim claim = world.claim();
    assertThat(claim.getStatus().getPhase()).isEqualTo("Bound");
    assertThat(claim.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/managed-by", "Helm");
    assertThat(claim.getMetadata().getAnnotations())
        .containsEntry("meta.helm.sh/release-name", "arbitex");
    String volume = claim.getSpec().getVolumeName();
    assertThat(cloud.disksOf(world.component)).containsExactly(volume);
    assertThat(world.files(volume)).isEqualTo(VolumeWorld.FILES);
    assertThat(policy(volume)).isEqualTo("Retain");
    assertThat(world.replicas()).isEqualTo(2);
    assertThat(world.app().get().getMetadata().getAnnotations()).doesNotContainKey(REPLICAS);
    assertThat(world.ours()).isEmpty();
    assertThat(bench.bindings).hasSize(1);
    assertThat(bench.bindings.get(0).getEpoch()).isEqualTo(1);
    assertThat(bench.bindings.get(0).getResource()).isEqualTo(VolumeWorld.CLAIM);
    Map<String, String> bound = Facts.toMap(bench.bindings.get(0).getFacts());
    assertThat(bound)
        .containsEntry("volume", volume)
        .containsEntry("previous-volume", world.oldVolume);
    assertThat(bound.get("disk")).endsWith("/disks/" + volume);
  }

  private void assertAsBefore(StepError error) throws Exception {
    assertThat(error.getLeftBehind()).isEmpty();
    world.awaitReady();
    PersistentVolumeClaim claim = world.claim();
    assertThat(claim.getSpec().getVolumeName()).isEqualTo(world.oldVolume);
    assertThat(claim.getStatus().getPhase()).isEqualTo("Bound");
    assertThat(claim.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/managed-by", "Helm");
    assertThat(world.files(world.oldVolume)).isEqualTo(VolumeWorld.FILES);
    assertThat(world.volume(world.oldVolume).orElseThrow().getMetadata().getAnnotations())
        .as("its disk is the component's again")
        .doesNotContainKeys(RecoveryNotes.REPLACED_BY, RecoveryNotes.CLAIM_BEFORE);
    assertThat(world.app().get().getMetadata().getAnnotations()).doesNotContainKey(REPLICAS);
    assertThat(world.ours()).isEmpty();
    assertThat(
            cluster.client().persistentVolumes().list().getItems().stream()
                .filter(each -> each.getSpec().getClaimRef() != null)
                .filter(
                    each -> world.namespace.equals(each.getSpec().getClaimRef().getNamespace())))
        .extracting(each -> each.getMetadata().getName())
        .containsExactly(world.oldVolume);
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      Next next = execution.advance();
      assertThat(next).as(next.toString()).isNotInstanceOf(Next.Finished.class);
    }
  }
}
