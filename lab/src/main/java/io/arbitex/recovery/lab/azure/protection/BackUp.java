package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.ClusterApi;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.protection.contents.ClusterObjects;
import io.arbitex.recovery.lab.azure.protection.contents.Contents;
import io.arbitex.recovery.lab.azure.protection.contents.Contents.VolumeCopy;
import io.arbitex.recovery.lab.azure.protection.contents.PortableObject;
import io.arbitex.recovery.lab.azure.protection.contents.ReadCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a cluster and makes a recovery point of it. */
final class BackUp implements Jobs.Task {
  private final Vaults vaults;
  private final Access access;
  private final VolumeCopies copies;

  BackUp(Vaults vaults, Access access, VolumeCopies copies) {
    this.vaults = vaults;
    this.access = access;
    this.copies = copies;
  }

  @Override
  public BackupJob.Outcome run(BackupJob job)
      throws OperationFailed, IOException, InterruptedException {
    BackupInstance instance =
        vaults
            .instance(job.vault(), job.instance())
            .orElseThrow(() -> new IOException("there is no " + job.instance()));
    ManagedCluster cluster = access.demand(instance.vault(), instance.cluster());
    List<Warning> warnings = new ArrayList<>();
    Contents contents;
    if (job.fate().how() == Fate.How.JOB_DOES_NOTHING) {
      contents = new Contents(List.of(), List.of(), Map.of());
    } else {
      try (KubernetesClient client = ClusterApi.open(cluster)) {
        contents = read(client, job, instance, warnings);
      } catch (KubernetesClientException e) {
        throw new OperationFailed("UserErrorClusterUnreachable", e.getMessage(), e);
      }
    }
    String sha256 = vaults.files().write(job.point(), contents);
    vaults.put(
        new RecoveryPoint(
            job.point(),
            instance.vault(),
            instance.name(),
            job.startedMillis(),
            sha256,
            contents.objects().size(),
            warnings.isEmpty()));
    return new BackupJob.Outcome(
        warnings, Map.of("ResourcesBackedUp", Integer.toString(contents.objects().size())));
  }

  private Contents read(
      KubernetesClient client, BackupJob job, BackupInstance instance, List<Warning> warnings)
      throws OperationFailed, IOException, InterruptedException {
    ReadCluster reading = new ReadCluster(new ClusterObjects(client), instance.selection());
    List<ObjectNode> namespaces = reading.namespaces();
    reading
        .missing(namespaces)
        .forEach(
            each ->
                warnings.add(
                    new Warning(
                        "UserErrorNamespaceNotFound", "Namespace " + each, "it is not there")));
    List<ObjectNode> objects = new ArrayList<>(reading.objects(namespaces));
    if (job.fate().how() == Fate.How.JOB_BREAKS_OFF) {
      throw new OperationFailed(
          "UserErrorBackupPluginPodRestartedDuringBackup", "The backup broke off.", null);
    }
    if (job.fate().how() == Fate.How.JOB_WARNS && !objects.isEmpty()) {
      ObjectNode leftOut = objects.remove(objects.size() - 1);
      warnings.add(
          new Warning(
              "KubernetesBackupGenericWarning", Contents.place(leftOut), "it was left out"));
    }
    Map<String, VolumeCopy> volumes = new HashMap<>();
    if (instance.snapshotsVolumes()) {
      for (ObjectNode object : objects) {
        if (object.path("kind").asText().equals("PersistentVolumeClaim")) {
          copy(object, reading, job, instance, volumes, warnings);
        }
      }
    }
    return new Contents(
        namespaces.stream().map(PortableObject::of).toList(),
        objects.stream().map(PortableObject::of).toList(),
        volumes);
  }

  private void copy(
      ObjectNode claim,
      ReadCluster reading,
      BackupJob job,
      BackupInstance instance,
      Map<String, VolumeCopy> volumes,
      List<Warning> warnings)
      throws IOException, InterruptedException {
    String place = Contents.place(claim);
    ObjectNode volume = reading.volume(claim);
    if (volume == null) {
      warnings.add(new Warning("UserErrorPVCNotBoundToVolume", place, "it is bound to no volume"));
      return;
    }
    try {
      String snapshot = copies.snapshot(volume, job, instance);
      volumes.put(place, new VolumeCopy(snapshot, PortableObject.of(volume)));
    } catch (OperationFailed e) {
      warnings.add(new Warning("UserErrorPVNotFound", place, e.getMessage()));
    }
  }
}
