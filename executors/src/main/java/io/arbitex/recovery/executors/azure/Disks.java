package io.arbitex.recovery.executors.azure;

import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.SnapshotInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import io.arbitex.recovery.engine.ActionFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Disks of a resource group, and snapshots of another. */
public final class Disks {
  private static final float WHOLE = 100f;

  private final String disks;
  private final String snapshots;
  private final ComputeManagementClient client;

  /**
   * @param disks resource group of the disks
   * @param snapshots resource group of the snapshots
   */
  public Disks(AzureAccess access, String disks, String snapshots) {
    this.disks = disks;
    this.snapshots = snapshots;
    this.client = ComputeManager.authenticate(access.pipeline(), access.profile()).serviceClient();
  }

  /** All snapshots of the group, in no order. */
  public List<DiskSnapshot> snapshots() throws ActionFailure, InterruptedException {
    return ask(
        "list the snapshots of " + snapshots,
        () -> {
          List<DiskSnapshot> all = new ArrayList<>();
          client.getSnapshots().listByResourceGroup(snapshots).forEach(each -> all.add(of(each)));
          return all;
        });
  }

  /** The disk of that name; empty when Azure has none. */
  public Optional<Disk> find(String name) throws ActionFailure, InterruptedException {
    try {
      return Optional.of(of(client.getDisks().getByResourceGroup(disks, name)));
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == 404) {
        return Optional.empty();
      }
      throw AzureErrors.of("look for the disk " + name, e);
    }
  }

  /**
   * Begins to make a disk from a snapshot; the same order given twice makes one disk.
   *
   * @param like a disk whose kind and zone it gets; empty for Azure's defaults
   */
  public void beginMake(
      String name, DiskSnapshot from, Optional<String> like, Map<String, String> tags)
      throws ActionFailure, InterruptedException {
    ask(
        "make the disk " + name + " from the snapshot " + from.name(),
        () -> {
          DiskInner wanted =
              new DiskInner()
                  .withLocation(from.location())
                  .withTags(tags)
                  .withCreationData(
                      new CreationData()
                          .withCreateOption(DiskCreateOption.COPY)
                          .withSourceResourceId(from.id()));
          like.flatMap(this::inner)
              .ifPresent(source -> wanted.withSku(source.sku()).withZones(source.zones()));
          return client.getDisks().beginCreateOrUpdate(disks, name, wanted);
        });
  }

  private Optional<DiskInner> inner(String name) {
    try {
      return Optional.of(client.getDisks().getByResourceGroup(disks, name));
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == 404) {
        // The lost one is not there any more.
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Begins to delete a disk. Azure refuses it for one that is attached. */
  public void beginDelete(String name) throws ActionFailure, InterruptedException {
    ask("delete the disk " + name, () -> client.getDisks().beginDelete(disks, name));
  }

  private static Disk of(DiskInner disk) {
    return new Disk(
        disk.name(),
        disk.id(),
        String.valueOf(disk.provisioningState()),
        disk.diskSizeGB() == null ? 0 : disk.diskSizeGB(),
        disk.zones() == null ? List.of() : disk.zones(),
        disk.tags() == null ? Map.of() : disk.tags());
  }

  private static DiskSnapshot of(SnapshotInner snapshot) {
    boolean copied = snapshot.completionPercent() == null || snapshot.completionPercent() >= WHOLE;
    return new DiskSnapshot(
        snapshot.name(),
        snapshot.id(),
        snapshot.timeCreated() == null ? Instant.EPOCH : snapshot.timeCreated().toInstant(),
        copied && "Succeeded".equals(snapshot.provisioningState()),
        snapshot.provisioningState() + (copied ? "" : ", " + snapshot.completionPercent() + " %"),
        snapshot.location(),
        snapshot.tags() == null ? Map.of() : snapshot.tags());
  }

  private static <T> T ask(String doing, Supplier<T> request)
      throws ActionFailure, InterruptedException {
    try {
      return request.get();
    } catch (RuntimeException e) {
      throw AzureErrors.of(doing, e);
    }
  }
}
