package io.arbitex.recovery.lab.azure;

import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.SnapshotInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Disks and snapshots of the lab's Azure; the disks are those of a cluster of the lab. */
public final class DiskCloud implements AutoCloseable {
  public static final String GROUP = EmptyAzure.GROUP;

  private final EmptyAzure azure;
  private final ComputeManagementClient client;

  /**
   * @param disks folder of the cluster's disks
   */
  public DiskCloud(Path disks) throws Exception {
    azure = new EmptyAzure(new Inventory(Map.of(), List.of(), disks, GROUP, List.of(), null));
    client = AzureClients.compute(azure.address()).serviceClient();
  }

  public AzureControl control() {
    return azure.control();
  }

  /** The inventory's {@code azure}, in one line. */
  public String platform() {
    return "{endpoint: \"%s\", subscription: %s, tenant: tenant, resourceGroup: %s, credential: none}"
        .formatted(azure.address(), AzureClients.SUBSCRIPTION, GROUP);
  }

  /** Takes a snapshot, and waits until it is whole. */
  public void takeSnapshot(String name, String disk, Map<String, String> tags) {
    client.getSnapshots().createOrUpdate(GROUP, name, snapshot(disk, tags));
  }

  /** Begins to take a snapshot. */
  public void beginSnapshot(String name, String disk, Map<String, String> tags) {
    client.getSnapshots().beginCreateOrUpdate(GROUP, name, snapshot(disk, tags));
  }

  private static SnapshotInner snapshot(String disk, Map<String, String> tags) {
    return new SnapshotInner()
        .withLocation("westeurope")
        .withTags(tags)
        .withCreationData(
            new CreationData()
                .withCreateOption(DiskCreateOption.COPY)
                .withSourceResourceId(diskId(disk)));
  }

  /** Resource id of a disk. */
  public static String diskId(String name) {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/disks/%s"
        .formatted(AzureClients.SUBSCRIPTION, GROUP, name);
  }

  /** A disk as Azure tells of it. */
  public DiskInner disk(String name) {
    return client.getDisks().getByResourceGroup(GROUP, name);
  }

  /** The tags of a snapshot. */
  public Map<String, String> tagsOfSnapshot(String name) {
    return client.getSnapshots().getByResourceGroup(GROUP, name).tags();
  }

  /** Those that a recovery has ordered for this component, by name. */
  public List<String> disksOf(String component) {
    return client.getDisks().listByResourceGroup(GROUP).stream()
        .filter(
            disk -> disk.tags() != null && component.equals(disk.tags().get("recovery-component")))
        .map(DiskInner::name)
        .toList();
  }

  /** Its snapshots, whoever took them, by name. */
  public List<String> snapshotsOf(String component) {
    return client.getSnapshots().listByResourceGroup(GROUP).stream()
        .filter(
            snapshot ->
                snapshot.tags() != null
                    && component.equals(snapshot.tags().get("recovery-component")))
        .map(SnapshotInner::name)
        .toList();
  }

  @Override
  public void close() throws IOException {
    azure.close();
  }
}
