package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims, volumes and disks. */
class VolumesTest {
  @TempDir static Path folder;
  private static TestCluster cluster;
  private static KubernetesClient client;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    client = cluster.client();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static PersistentVolumeClaim claim(String namespace, String name) {
    return client.persistentVolumeClaims().inNamespace(namespace).withName(name).get();
  }

  private static String bound(String namespace, String storageClass) throws Exception {
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(TestCluster.claim("c", storageClass))
        .create();
    cluster.run(namespace, TestCluster.podWithClaim("p", "c"));
    return claim(namespace, "c").getSpec().getVolumeName();
  }

  private static PersistentVolume volume(String name) {
    return client.persistentVolumes().withName(name).get();
  }

  @Test
  void aClaimInUseStaysUntilItsPodIsGoneAndDeleteTakesTheDiskAlong() throws Exception {
    String namespace = cluster.namespace();
    String volume = bound(namespace, "managed-csi");
    assertThat(cluster.disks().resolve(volume)).isDirectory();
    assertThat(client.storage().v1().volumeAttachments().list().getItems())
        .anyMatch(each -> volume.equals(each.getSpec().getSource().getPersistentVolumeName()));
    client.persistentVolumeClaims().inNamespace(namespace).withName("c").delete();
    assertThat(claim(namespace, "c").getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(cluster.disks().resolve(volume)).isDirectory();
    client.pods().inNamespace(namespace).withName("p").delete();
    until("the claim is gone", () -> claim(namespace, "c") == null);
    until("the volume is gone", () -> volume(volume) == null);
    assertThat(cluster.disks().resolve(volume)).doesNotExist();
    until(
        "it is detached",
        () ->
            client.storage().v1().volumeAttachments().list().getItems().stream()
                .noneMatch(
                    each -> volume.equals(each.getSpec().getSource().getPersistentVolumeName())));
  }

  @Test
  void retainKeepsTheDiskAndTheReleasedVolumeBindsToNobody() throws Exception {
    String namespace = cluster.namespace();
    String volume = bound(namespace, "managed-csi-retain");
    Files.writeString(cluster.disks().resolve(volume).resolve("precious"), "x");
    client.pods().inNamespace(namespace).withName("p").delete();
    client.persistentVolumeClaims().inNamespace(namespace).withName("c").delete();
    until("the volume is released", () -> volume(volume).getStatus().getPhase().equals("Released"));
    assertThat(cluster.disks().resolve(volume).resolve("precious")).hasContent("x");
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(
            new PersistentVolumeClaimBuilder(TestCluster.claim("c", "managed-csi-retain"))
                .editSpec()
                .withVolumeName(volume)
                .endSpec()
                .build())
        .create();
    client.pods().inNamespace(namespace).resource(TestCluster.podWithClaim("q", "c")).create();
    until(
        "the pod cannot be scheduled",
        () ->
            cluster.pod(namespace, "q").getStatus().getConditions().stream()
                .anyMatch(each -> "Unschedulable".equals(each.getReason())));
    assertThat(claim(namespace, "c").getStatus().getPhase()).isEqualTo("Pending");
  }

  @Test
  void aRestoredDiskIsMountedThroughAVolumeMadeByHand() throws Exception {
    String namespace = cluster.namespace();
    Path disk = Files.createDirectories(cluster.disks().resolve("restored-1"));
    Files.writeString(disk.resolve("hello"), "from the snapshot");
    client
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("pv-restored-1")
                .endMetadata()
                .withNewSpec()
                .addToCapacity("storage", new Quantity("1Gi"))
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName("")
                .withPersistentVolumeReclaimPolicy("Retain")
                .withNewCsi()
                .withDriver("disk.csi.azure.com")
                .withVolumeHandle(
                    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/restored-1")
                .endCsi()
                .withNewClaimRef()
                .withName("c")
                .withNamespace(namespace)
                .endClaimRef()
                .endSpec()
                .build())
        .create();
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(
            new PersistentVolumeClaimBuilder(TestCluster.claim("c", ""))
                .editSpec()
                .withVolumeName("pv-restored-1")
                .endSpec()
                .build())
        .create();
    cluster.run(namespace, TestCluster.podWithClaim("p", "c"));
    assertThat(
            new String(
                client
                    .pods()
                    .inNamespace(namespace)
                    .withName("p")
                    .file("/data/hello")
                    .read()
                    .readAllBytes(),
                StandardCharsets.UTF_8))
        .isEqualTo("from the snapshot");
  }

  @Test
  void aPodWithoutItsClaimWaits() throws Exception {
    String namespace = cluster.namespace();
    client.pods().inNamespace(namespace).resource(TestCluster.podWithClaim("p", "c")).create();
    until(
        "it is told why",
        () ->
            cluster.pod(namespace, "p").getStatus().getConditions().stream()
                .anyMatch(each -> String.valueOf(each.getMessage()).contains("\"c\" not found")));
    assertThat(cluster.pod(namespace, "p").getStatus().getPhase()).isEqualTo("Pending");
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(TestCluster.claim("c", "managed-csi"))
        .create();
    until("it runs", () -> cluster.pod(namespace, "p").getStatus().getPhase().equals("Running"));
  }
}
