package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.resourcemanager.compute.fluent.DisksClient;
import com.azure.resourcemanager.compute.fluent.SnapshotsClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.SnapshotInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Disks and snapshots by Azure's client library; the disk in use is another process's. */
class DisksTest {
  /** Notes each number in one file and then in another, and holds both open. */
  private static final String WRITER =
      "exec 3>>first 4>>second; n=0; while :; do n=$((n+1)); echo $n >&3; echo $n >&4; done";

  private static EmptyAzure azure;
  private static DisksClient disks;
  private static SnapshotsClient snapshots;
  private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    folder = TestAzure.folder();
    azure = new EmptyAzure(new Inventory(Map.of(), List.of(), folder, GROUP, List.of(), null));
    var client = AzureClients.compute(azure.address()).serviceClient();
    disks = client.getDisks();
    snapshots = client.getSnapshots();
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
    TestAzure.delete(folder);
  }

  private static String id(String type, String name) {
    return "/subscriptions/"
        + AzureClients.SUBSCRIPTION
        + "/resourceGroups/"
        + GROUP
        + "/providers/Microsoft.Compute/"
        + type
        + "/"
        + name;
  }

  private static CreationData copyOf(String id) {
    return new CreationData().withCreateOption(DiskCreateOption.COPY).withSourceResourceId(id);
  }

  private static SnapshotInner snapshot(String disk) {
    return new SnapshotInner()
        .withLocation("westeurope")
        .withTags(Map.of("dr-run", "r1"))
        .withIncremental(true)
        .withCreationData(copyOf(id("disks", disk)));
  }

  private static DiskInner disk(CreationData from) {
    return new DiskInner()
        .withLocation("westeurope")
        .withZones(List.of("1"))
        .withCreationData(from);
  }

  private static void assertRefused(ThrowingCallable call, int status, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> {
              assertThat(e.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(e.getValue().getCode()).isEqualTo(code);
            });
  }

  private static int lines(Path disk, String file) throws Exception {
    return Files.readAllLines(disk.resolve(file)).size();
  }

  @Test
  void aSnapshotOfADiskInUseIsOfOneMomentAndItsWriterGoesOn() throws Exception {
    Path used = Files.createDirectory(folder.resolve("pvc-1"));
    Process writer = new ProcessBuilder("sh", "-c", WRITER).directory(used.toFile()).start();
    try {
      until("it writes", () -> Files.size(used.resolve("second")) > 10_000);

      SnapshotInner made = snapshots.createOrUpdate(GROUP, "s1", snapshot("pvc-1"));

      assertThat(made.provisioningState()).isEqualTo("Succeeded");
      assertThat(made.incremental()).isTrue();
      assertThat(made.timeCreated()).isNotNull();
      long then = Files.size(used.resolve("second"));
      until("it goes on", () -> Files.size(used.resolve("second")) > then);
      assertRefused(() -> disks.delete(GROUP, "pvc-1"), 409, "OperationNotAllowed");
    } finally {
      writer.destroyForcibly().waitFor();
    }

    DiskInner copy = disks.createOrUpdate(GROUP, "pvc-1-dr", disk(copyOf(id("snapshots", "s1"))));

    assertThat(copy.provisioningState()).isEqualTo("Succeeded");
    assertThat(copy.zones()).containsExactly("1");
    Path restored = folder.resolve("pvc-1-dr");
    assertThat(lines(restored, "first") - lines(restored, "second")).isBetween(0, 1);
    assertThat(lines(restored, "second")).isLessThan(lines(used, "second"));
    // Ordered again after an answer was lost, it is the same; other contents are refused.
    Files.writeString(restored.resolve("first"), "changed");
    disks.createOrUpdate(GROUP, "pvc-1-dr", disk(copyOf(id("snapshots", "s1"))));
    assertThat(restored.resolve("first")).hasContent("changed");
    assertRefused(
        () -> disks.createOrUpdate(GROUP, "pvc-1-dr", disk(copyOf(id("disks", "pvc-1")))),
        409,
        "PropertyChangeNotAllowed");
    assertThat(snapshots.listByResourceGroup(GROUP))
        .extracting(each -> each.name() + " " + each.tags().get("dr-run"))
        .containsExactly("s1 r1");

    disks.delete(GROUP, "pvc-1-dr");

    assertThat(restored).doesNotExist();
    assertThat(disks.listByResourceGroup(GROUP)).extracting(DiskInner::name).contains("pvc-1");
    assertRefused(() -> disks.getByResourceGroup(GROUP, "pvc-1-dr"), 404, "ResourceNotFound");
  }

  @Test
  void aDiskThatFailsLeavesNothingAndNothingIsOverwritten() throws Exception {
    azure.control().add(Misbehaviour.of("PUT", "disks", Misbehaviour.How.OPERATION_FAILS, 1));
    CreationData empty = new CreationData().withCreateOption(DiskCreateOption.EMPTY);
    var poller = disks.beginCreateOrUpdate(GROUP, "bad", disk(empty).withDiskSizeGB(4));
    assertThat(poller.waitForCompletion().getStatus()).isEqualTo(LongRunningOperationStatus.FAILED);
    assertThat(folder.resolve("bad")).doesNotExist();
    assertRefused(() -> disks.getByResourceGroup(GROUP, "bad"), 404, "ResourceNotFound");

    disks.createOrUpdate(GROUP, "fresh", disk(empty).withDiskSizeGB(4));
    assertThat(folder.resolve("fresh")).isEmptyDirectory();
    Files.createDirectory(folder.resolve("others"));
    assertRefused(
        () -> disks.createOrUpdate("rg-dr", "others", disk(empty).withDiskSizeGB(4)),
        409,
        "Conflict");
    assertRefused(
        () -> snapshots.createOrUpdate(GROUP, "s2", snapshot("nobody")), 404, "ResourceNotFound");
  }
}
