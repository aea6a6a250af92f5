package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import io.arbitex.recovery.backup.BackupFailed;
import io.arbitex.recovery.backup.VolumeBackup;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.DiskCloud;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.StepError;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pvc.snapshot}: which snapshot it takes, and what it makes of Azure's refusals. */
class VolumeRestoreTest {
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
  }

  @AfterEach
  void clear() throws Exception {
    cloud.control().clearAll();
    world.app().delete();
  }

  @AfterAll
  static void stop() throws Exception {
    cloud.close();
    cluster.close();
  }

  @Test
  void aSnapshotThatFailsItsProofIsNamedAndTheOneBeforeItIsTakenInstead() throws Exception {
    world.snapshot("1");
    world.write(Map.of());
    world.snapshot("2");
    world.write(Map.of("events.jsonl", "mallory\n"));
    world.snapshot("3");
    assertUnproven(Map.of(), "3", "its check says exit status 1");
    assertUnproven(excluded("3"), "2", "there is no file on it");
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore(excluded("3", "2", "3")));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", point("1"));
    assertThat(world.files(bench.factsOfEnd().get("disk"))).isEqualTo(VolumeWorld.FILES);
    assertThat(world.ours()).isEmpty();
  }

  @Test
  void whatTheBackupTookIsRestoredAndOnlyItsOwnAreDeleted() throws Exception {
    world.snapshot("by-hand");
    Inventory.Platform platform = world.inventory().platform("eu-1").orElseThrow();
    VolumeBackup backup =
        VolumeBackup.of(
            platform,
            world.component,
            platform.component(world.component).flatMap(Inventory.Component::volume).orElseThrow(),
            Clock.systemUTC(),
            Duration.ofMinutes(1));
    RestorePoint first = backup.take();
    assertThat(first.getKind()).isEqualTo(RestorePointKind.SNAPSHOT);
    assertThat(first.getState()).isEqualTo(RestorePointState.AVAILABLE);
    assertThat(cloud.tagsOfSnapshot(first.getId()))
        .containsEntry("recovery-disk-sku", cloud.disk(world.oldVolume).sku().name().toString());
    RestorePoint second = backup.take();
    assertThat(backup.keepNewest(1)).extracting(RestorePoint::getId).containsExactly(first.getId());
    world.lose();
    assertThatThrownBy(backup::take)
        .isInstanceOf(BackupFailed.class)
        .hasMessageContaining("is Lost");
    ProcedureBench bench = world.bench();
    assertThat(bench.run(world.restore(Map.of())).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", second.getId())
        .containsEntry("restore-point-taken-at", second.getTakenAt().toString());
    assertThat(world.files(bench.factsOfEnd().get("disk"))).isEqualTo(VolumeWorld.FILES);
    assertThat(cloud.snapshotsOf(world.component))
        .as("one that somebody else took is theirs to delete")
        .contains(point("by-hand"))
        .doesNotContain(first.getId());
  }

  /** Azure's defaults are a slow disk in no zone, which no node of a zonal pool can have. */
  @Test
  void aDiskOfALostOneIsOfTheKindThatItsSnapshotTells() throws Exception {
    Map<String, String> tags = new HashMap<>(world.tags());
    tags.putAll(Map.of("recovery-disk-sku", "UltraSSD_LRS", "recovery-disk-zones", "2"));
    cloud.takeSnapshot(point("1"), world.oldVolume, tags);
    world.lose();
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore(Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    DiskInner made = cloud.disk(bench.factsOfEnd().get("disk"));
    assertThat(made.zones()).containsExactly("2");
    assertThat(made.sku().name()).hasToString("UltraSSD_LRS");
    assertThat(bench.factsOfEnd()).containsEntry("disk-zones", "westeurope-2");
  }

  private void assertUnproven(Map<String, String> more, String snapshot, String why)
      throws Exception {
    ProcedureBench bench = world.bench();
    StepError error = bench.run(world.restore(more)).error().orElseThrow();
    assertThat(error.getMessage()).contains(why);
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", point(snapshot));
    assertThat(world.ours()).isEmpty();
    assertThat(cloud.disksOf(world.component)).isEmpty();
  }

  @Test
  void whatIsNotWholeOrTooYoungIsPassedOverAndWithoutOthersNoneIsLeft() throws Exception {
    world.snapshot("1");
    Instant bad = Instant.now();
    world.snapshot("2");
    cloud.control().add(Misbehaviour.of("PUT", "snapshots", How.OPERATION_HANGS, 1));
    cloud.beginSnapshot(point("3"), world.oldVolume, world.tags());
    cloud.takeSnapshot(
        world.namespace + "-other", world.oldVolume, Map.of("recovery-platform", "eu-1"));

    StepError error =
        world
            .bench()
            .run(
                world.restore(
                    Map.of("bad-since", bad.toString(), "exclude-restore-points", point("1"))))
            .error()
            .orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage())
        .contains(point("1") + " failed a proof before")
        .contains(point("2") + " was taken at")
        .doesNotContain("other");
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore(Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", point("2"))
        .containsEntry("rejected", point("3") + ": it is Creating");
  }

  @Test
  void anAzureThatIsAwayForAMomentIsAskedAgain() throws Exception {
    world.snapshot("1");
    cloud.control().add(Misbehaviour.of("PUT", "disks", How.THROTTLED, 1));
    cloud.control().add(Misbehaviour.of("PUT", "disks", How.UNAVAILABLE, 1));
    cloud.control().add(Misbehaviour.of("GET", "snapshots", How.UNAVAILABLE, 1));
    ProcedureBench bench = world.bench();
    Next.Finished end = bench.run(world.restore(Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(cloud.disksOf(world.component)).containsExactly(bench.factsOfEnd().get("disk"));
  }

  @Test
  void aDiskThatAzureCannotMakeIsToldAndNoneIsLeft() throws Exception {
    world.snapshot("1");
    cloud.control().add(Misbehaviour.of("PUT", "disks", How.OPERATION_FAILS, 1));
    StepError error = world.bench().run(world.restore(Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(error.getMessage()).contains("Azure could not make the disk");
    assertThat(error.getLeftBehind()).isEmpty();
    assertThat(cloud.disksOf(world.component)).isEmpty();
  }

  @Test
  void aDiskThatMayNotBeMadeIsToldAndNoneIsLeft() throws Exception {
    world.snapshot("1");
    cloud.control().add(Misbehaviour.of("PUT", "disks", How.FORBIDDEN, 0));
    StepError error = world.bench().run(world.restore(Map.of())).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getHint()).contains("docs/azure.md");
    assertThat(cloud.disksOf(world.component)).isEmpty();
  }

  @Test
  void theVolumeInUseIsNotTouched() throws Exception {
    world.snapshot("1");
    String uid = world.claim().getMetadata().getUid();
    world.bench().run(world.restore(Map.of()));
    until("its pods are ready", () -> world.app().get().getStatus().getReadyReplicas() == 2);
    assertThat(world.claim().getMetadata().getUid()).isEqualTo(uid);
    assertThat(world.files(world.oldVolume)).isEqualTo(VolumeWorld.FILES);
  }

  private String point(String snapshot) {
    return world.namespace + "-" + snapshot;
  }

  private Map<String, String> excluded(String... snapshots) {
    StringBuilder all = new StringBuilder();
    for (String each : snapshots) {
      all.append(all.isEmpty() ? "" : ",").append(point(each));
    }
    return Map.of("exclude-restore-points", all.toString());
  }
}
