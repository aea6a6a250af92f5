package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.volumes.VolumeProbe;
import io.arbitex.recovery.lab.azure.DiskCloud;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an observer sees of a volume through the cluster. */
class VolumeProbeTest {
  @TempDir static Path folder;
  private static TestCluster cluster;
  private static DiskCloud cloud;
  private VolumeWorld world;
  private VolumeProbe probe;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    cloud = new DiskCloud(cluster.disks());
  }

  @BeforeEach
  void deploy() throws Exception {
    world = new VolumeWorld(cluster, cloud, folder);
    probe = probe();
  }

  private VolumeProbe probe() throws Exception {
    Inventory.Platform platform = world.inventory().platform("eu-1").orElseThrow();
    return new VolumeProbe(
        platform.kubernetes().orElseThrow(),
        platform.component(world.component).flatMap(Inventory.Component::volume).orElseThrow());
  }

  @AfterEach
  void clear() throws Exception {
    probe.close();
    cluster.control().clearAll();
    world.app().delete();
  }

  @AfterAll
  static void stop() throws Exception {
    cloud.close();
    cluster.close();
  }

  private void assertSeen(HealthStatus status, Symptom symptom) throws InterruptedException {
    Observation seen = probe.look(Instant.now());
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
  }

  @Test
  void aVolumeInUseIsUpAndOneThatIsFullIsTold() throws Exception {
    assertSeen(HealthStatus.UP, Symptom.NONE);
    try (RandomAccessFile big =
        new RandomAccessFile(world.disk(world.oldVolume).resolve("big").toFile(), "rw")) {
      big.setLength(1020L * 1024 * 1024);
    }
    // How full it is is asked for every half minute; a new observer asks at once.
    probe.close();
    probe = probe();
    assertSeen(HealthStatus.DEGRADED, Symptom.DISK_FULL);
  }

  @Test
  void aVolumeThatIsLostIsToldApartFromOneWhoseDiskIsStillMounted() throws Exception {
    world.loseVolume();
    assertSeen(HealthStatus.DEGRADED, Symptom.UNCLASSIFIED);
    world.app().scale(0);
    until("its pods are gone", () -> probe.look(Instant.now()).status() == HealthStatus.DOWN);
    assertSeen(HealthStatus.DOWN, Symptom.DATA_LOST);
    world.client().persistentVolumeClaims().inNamespace(world.namespace).delete();
    until("there is no claim", () -> probe.look(Instant.now()).symptom() == Symptom.UNREACHABLE);
  }

  /** It was told as beyond any restore, and planned when the pods had ended. */
  @Test
  void podsThatWereEndingKeptALostVolumeFromBeingToldAsLost() throws Exception {
    world
        .app()
        .edit(
            app ->
                new DeploymentBuilder(app)
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .withTerminationGracePeriodSeconds(20L)
                    .editFirstContainer()
                    .withCommand("sh", "-c", "trap '' TERM; while :; do sleep 1; done")
                    .withArgs()
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    until("it is rolled out", () -> world.podsThatRun("trap").size() == 2);
    world.awaitReady();
    world.loseVolume();
    world.app().scale(0);
    until(
        "they are told to end",
        () -> world.podsThatRun("trap").stream().allMatch(VolumeProbeTest::isEnding));
    assertSeen(HealthStatus.DOWN, Symptom.DATA_LOST);
    assertThat(world.podsThatRun("trap")).as("they have not ended").hasSize(2);
  }

  private static boolean isEnding(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  @Test
  void whileTheClusterDoesNotAnswerNothingIsKnown() throws Exception {
    cluster.control().add(Misbehaviour.of("list", "persistentvolumes", How.FORBIDDEN, 0));
    Observation seen = probe.look(Instant.now());
    assertThat(seen.status()).as(seen.detail()).isEqualTo(HealthStatus.UNKNOWN);
  }

  /** Two volumes were DOWN, and a P0, since the cluster was slow. */
  @Test
  void aClusterThatHangsSaysNothingOfItsVolumes() {
    Observation seen = probe.hung(Instant.now(), Duration.ofSeconds(4));
    assertThat(seen.status()).as(seen.detail()).isEqualTo(HealthStatus.UNKNOWN);
  }
}
