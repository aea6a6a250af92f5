package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.disks.MakeVolume;
import io.arbitex.recovery.lab.azure.disks.Volume;
import io.arbitex.recovery.lab.azure.disks.Volume.Kind;
import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.disks.Volumes;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.protection.contents.Contents.VolumeCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Snapshots of the volumes of claims, and disks from them. Each is a disk or a snapshot of the
 * subscription like any other, and is made once for a job.
 */
final class VolumeCopies {
  private static final int SHORT = 8;

  /** The lab does not look at how large a disk is. */
  private static final int SIZE_GB = 32;

  private final Volumes volumes;
  private final MakeVolume making;
  private final String subscription;

  VolumeCopies(Volumes volumes, MakeVolume making, String subscription) {
    this.volumes = volumes;
    this.making = making;
    this.subscription = subscription;
  }

  /**
   * Copies the disk of a persistent volume; returns the snapshot's name.
   *
   * @throws OperationFailed when it has no disk of the lab, or it cannot be copied
   */
  String snapshot(ObjectNode volume, BackupJob job, BackupInstance instance)
      throws OperationFailed, IOException, InterruptedException {
    String handle = volume.at("/spec/csi/volumeHandle").asText("");
    String disk = handle.substring(handle.lastIndexOf('/') + 1);
    if (disk.isEmpty() || !volumes.isPlaceTaken(Kind.DISK, disk)) {
      throw new OperationFailed("UserErrorPVNotFound", "there is no disk '" + disk + "'", null);
    }
    String name = "snap-" + job.point().substring(0, SHORT) + "-" + disk;
    make(
        volume(
            Kind.SNAPSHOT,
            instance.snapshotGroup(),
            name,
            id(instance.snapshotGroup(), Kind.DISK, disk),
            job),
        volumes.place(Kind.DISK).resolve(disk));
    return name;
  }

  /**
   * Makes a disk of a snapshot; returns the persistent volume for it.
   *
   * @param namespace of the claim that it is for
   * @throws OperationFailed when the snapshot is gone, or cannot be copied
   */
  ObjectNode restore(
      VolumeCopy copy, ManagedCluster cluster, String namespace, String claim, BackupJob job)
      throws OperationFailed, IOException, InterruptedException {
    Volume snapshot =
        volumes
            .named(Kind.SNAPSHOT, copy.snapshot())
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "UserErrorPVNotFound",
                        "the snapshot " + copy.snapshot() + " is gone",
                        null));
    String name = "restored-" + job.id().substring(0, SHORT) + "-" + namespace + "-" + claim;
    make(
        volume(
            Kind.DISK,
            cluster.resourceGroup(),
            name,
            id(snapshot.resourceGroup(), Kind.SNAPSHOT, snapshot.name()),
            job),
        volumes.folder(snapshot));
    ObjectNode volume = copy.volume().deepCopy();
    volume.withObject("/metadata").put("name", name);
    ObjectNode spec = volume.withObject("/spec");
    spec.withObject("/csi").put("volumeHandle", id(cluster.resourceGroup(), Kind.DISK, name));
    spec.remove("claimRef");
    spec.putObject("claimRef")
        .put("apiVersion", "v1")
        .put("kind", "PersistentVolumeClaim")
        .put("namespace", namespace)
        .put("name", claim);
    return volume;
  }

  private void make(Volume order, Path from)
      throws OperationFailed, IOException, InterruptedException {
    Optional<Volume> there = volumes.named(order.kind(), order.name());
    if (there.isEmpty()) {
      volumes.put(order);
    }
    Volume volume = there.orElse(order);
    if (volume.state() != State.SUCCEEDED) {
      making.make(volume, from);
    }
  }

  private Volume volume(Kind kind, String group, String name, String copyOf, BackupJob job) {
    return new Volume(
        kind,
        group,
        name,
        "westeurope",
        SIZE_GB,
        Map.of("name", "Standard_ZRS"),
        List.of(),
        Map.of("backup-job", job.id()),
        copyOf,
        true,
        job.startedMillis(),
        State.CREATING);
  }

  private String id(String group, Kind kind, String name) {
    return "/subscriptions/"
        + subscription
        + "/resourceGroups/"
        + group
        + "/providers/Microsoft.Compute/"
        + kind.type()
        + "/"
        + name;
  }
}
