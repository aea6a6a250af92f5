package io.arbitex.recovery.backup;

import com.azure.core.exception.HttpResponseException;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.SnapshotInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.Encryption;
import io.arbitex.recovery.azure.AzurePipelines;
import io.arbitex.recovery.azure.DiskKind;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The snapshots of one volume in Azure. They are known by their tags, by which {@code pvc.snapshot}
 * finds them too; only those are deleted that this service has taken.
 */
final class VolumeSnapshots {
  private static final String PLATFORM = "recovery-platform";
  private static final String COMPONENT = "recovery-component";
  private static final String TAKEN_BY = "recovery-taken-by";
  private static final String US = "backup";
  private static final float WHOLE = 100f;
  private static final int NOT_FOUND = 404;

  private final String platform;
  private final String component;
  private final Azure azure;
  private final Volume.AzureDisks place;
  private ComputeManagementClient opened;

  VolumeSnapshots(String platform, String component, Azure azure, Volume.AzureDisks place) {
    this.platform = platform;
    this.component = component;
    this.azure = azure;
    this.place = place;
  }

  private synchronized ComputeManagementClient client() throws IOException {
    if (opened == null) {
      opened =
          ComputeManager.authenticate(
                  AzurePipelines.toResourceManager(azure), AzurePipelines.profile(azure))
              .serviceClient();
    }
    return opened;
  }

  /** All of the component's, newest first, whoever took them. */
  List<RestorePoint> all() throws IOException {
    List<RestorePoint> all = new ArrayList<>();
    for (SnapshotInner each : listed()) {
      if (each.timeCreated() != null) {
        all.add(point(each));
      }
    }
    all.sort(Comparator.comparing(RestorePoint::getTakenAt).reversed());
    return all;
  }

  private List<SnapshotInner> listed() throws IOException {
    try {
      return client().getSnapshots().listByResourceGroup(place.snapshots()).stream()
          .filter(each -> tagged(each, PLATFORM, platform) && tagged(each, COMPONENT, component))
          .toList();
    } catch (RuntimeException e) {
      throw refused("list the snapshots of " + place.snapshots(), e);
    }
  }

  /** The names of those that this service has taken. */
  List<String> taken() throws IOException {
    return listed().stream()
        .filter(each -> tagged(each, TAKEN_BY, US))
        .map(SnapshotInner::name)
        .toList();
  }

  private static boolean tagged(SnapshotInner snapshot, String tag, String value) {
    return snapshot.tags() != null && value.equals(snapshot.tags().get(tag));
  }

  /** One of that name; empty when there is none. */
  Optional<RestorePoint> find(String name) throws IOException {
    try {
      SnapshotInner found = client().getSnapshots().getByResourceGroup(place.snapshots(), name);
      return found.timeCreated() == null ? Optional.empty() : Optional.of(point(found));
    } catch (HttpResponseException e) {
      if (e.getResponse() != null && e.getResponse().getStatusCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw refused("look for the snapshot " + name, e);
    } catch (RuntimeException e) {
      throw refused("look for the snapshot " + name, e);
    }
  }

  /**
   * Begins to take one. It is made of what changed since the one before, and its own region.
   *
   * @param handle of the disk: a whole resource id, or a name in the group of the disks
   */
  void begin(String name, String handle) throws IOException {
    String id =
        handle.startsWith("/")
            ? handle
            : "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/disks/%s"
                .formatted(azure.subscription(), place.disks(), handle);
    try {
      String[] parts = id.split("/", -1);
      DiskInner disk = client().getDisks().getByResourceGroup(parts[4], parts[parts.length - 1]);
      client()
          .getSnapshots()
          .beginCreateOrUpdate(
              place.snapshots(),
              name,
              new SnapshotInner()
                  .withLocation(disk.location())
                  .withTags(tags(disk))
                  .withIncremental(true)
                  .withCreationData(
                      new CreationData()
                          .withCreateOption(DiskCreateOption.COPY)
                          .withSourceResourceId(id)));
    } catch (RuntimeException e) {
      throw refused("take a snapshot of " + id, e);
    }
  }

  private Map<String, String> tags(DiskInner disk) {
    Map<String, String> tags = new LinkedHashMap<>(kind(disk).tags());
    tags.putAll(Map.of(PLATFORM, platform, COMPONENT, component, TAKEN_BY, US));
    return tags;
  }

  private static DiskKind kind(DiskInner disk) {
    Encryption encryption = disk.encryption();
    return new DiskKind(
        disk.sku() == null ? "" : text(disk.sku().name()),
        disk.zones() == null ? List.of() : disk.zones(),
        text(disk.tier()),
        encryption == null ? "" : text(encryption.type()),
        encryption == null ? "" : text(encryption.diskEncryptionSetId()),
        text(disk.networkAccessPolicy()),
        text(disk.diskAccessId()),
        text(disk.publicNetworkAccess()),
        text(disk.diskIopsReadWrite()),
        text(disk.diskMBpsReadWrite()),
        disk.creationData() == null ? "" : text(disk.creationData().logicalSectorSize()));
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  /** Deletes one, and waits until Azure has done it. */
  void delete(String name) throws IOException {
    try {
      client().getSnapshots().delete(place.snapshots(), name);
    } catch (RuntimeException e) {
      throw refused("delete the snapshot " + name, e);
    }
  }

  private RestorePoint point(SnapshotInner snapshot) {
    // To the microsecond, as every time in a record.
    Instant takenAt = snapshot.timeCreated().toInstant().truncatedTo(ChronoUnit.MICROS);
    boolean copied = snapshot.completionPercent() == null || snapshot.completionPercent() >= WHOLE;
    boolean whole = copied && "Succeeded".equals(snapshot.provisioningState());
    return RestorePoint.newBuilder()
        .setId(snapshot.name())
        .setPlatform(platform)
        .setComponent(component)
        .setKind(RestorePointKind.SNAPSHOT)
        .setState(whole ? RestorePointState.AVAILABLE : RestorePointState.DAMAGED)
        .setTakenAt(takenAt)
        .setFinishedAt(takenAt)
        .setLocation(snapshot.id())
        .setFormat("azure-snapshot")
        .setSizeBytes(snapshot.diskSizeBytes() == null ? 0 : snapshot.diskSizeBytes())
        .setSha256("")
        .setToolVersion("")
        .setServerVersion("")
        .build();
  }

  private static IOException refused(String doing, RuntimeException error) {
    return new IOException("Azure does not " + doing + ": " + error.getMessage(), error);
  }
}
