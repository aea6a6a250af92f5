package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.ClusterApi;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.operations.Fate;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.protection.contents.ApplyObjects;
import io.arbitex.recovery.lab.azure.protection.contents.ClusterObjects;
import io.arbitex.recovery.lab.azure.protection.contents.Contents;
import io.arbitex.recovery.lab.azure.protection.contents.Contents.VolumeCopy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts what a recovery point holds into a cluster. */
final class Restore implements Jobs.Task {
  private final Vaults vaults;
  private final Access access;
  private final VolumeCopies copies;

  Restore(Vaults vaults, Access access, VolumeCopies copies) {
    this.vaults = vaults;
    this.access = access;
    this.copies = copies;
  }

  @Override
  public BackupJob.Outcome run(BackupJob job)
      throws OperationFailed, IOException, InterruptedException {
    RestoreOrder order = RestoreOrder.of(job.request());
    BackupInstance instance =
        vaults
            .instance(job.vault(), job.instance())
            .orElseThrow(() -> new IOException("there is no " + job.instance()));
    ManagedCluster cluster = access.demand(instance, order);
    Contents contents = contents(instance, order);
    if (job.fate().how() == Fate.How.JOB_DOES_NOTHING) {
      return new BackupJob.Outcome(List.of(), details(0, 0));
    }
    try (KubernetesClient client = ClusterApi.open(cluster)) {
      ApplyObjects applying =
          new ApplyObjects(new ClusterObjects(client), job.id(), order.point(), order.patches());
      apply(job, order, cluster, contents, applying);
      return new BackupJob.Outcome(
          applying.warnings(), details(applying.applied(), applying.skipped()));
    } catch (KubernetesClientException e) {
      throw new OperationFailed("UserErrorClusterUnreachable", e.getMessage(), e);
    }
  }

  private Contents contents(BackupInstance instance, RestoreOrder order) throws OperationFailed {
    RecoveryPoint point = vaults.point(instance, order.point()).orElseThrow();
    try {
      return vaults.files().read(point.id(), point.sha256());
    } catch (IOException e) {
      throw new OperationFailed("RecoveryPointCorrupted", e.getMessage(), e);
    }
  }

  private static Map<String, String> details(int applied, int skipped) {
    return Map.of(
        "ResourcesRestored", Integer.toString(applied),
        "ResourcesSkipped", Integer.toString(skipped));
  }

  private void apply(
      BackupJob job,
      RestoreOrder order,
      ManagedCluster cluster,
      Contents contents,
      ApplyObjects applying)
      throws OperationFailed, IOException, InterruptedException {
    Set<String> namespaces = namespaces(order, contents, applying);
    List<ObjectNode> objects =
        contents.objects().stream()
            .filter(each -> order.selection().takes(each))
            .filter(each -> isPlaced(each, order, namespaces))
            .toList();
    int last = job.fate().how() == Fate.How.JOB_BREAKS_OFF ? objects.size() / 2 : objects.size();
    for (int i = 0; i < last; i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (i == last - 1 && job.fate().how() == Fate.How.JOB_WARNS) {
        applying.warn(objects.get(i), "it was refused");
      } else {
        one(job, order, cluster, contents, objects.get(i), applying);
      }
    }
    if (last < objects.size()) {
      throw new OperationFailed(
          "UserErrorBackupPluginPodRestartedDuringRestore",
          "The restore broke off after " + last + " of " + objects.size() + " resources.",
          null);
    }
  }

  /**
   * The namespaces of the target into which something can be put. A namespace is an object of the
   * whole cluster: without those, one that is not there is not made, and nothing says so.
   */
  private static Set<String> namespaces(
      RestoreOrder order, Contents contents, ApplyObjects applying) {
    Set<String> there = new HashSet<>();
    for (ObjectNode namespace : contents.namespaces()) {
      String name = namespace.at("/metadata/name").asText();
      String target = order.renamed(name);
      if (!order.selection().takesNamespace(name)) {
        continue;
      }
      if (!applying.hasNamespace(target) && order.selection().clusterScope()) {
        ObjectNode made = namespace.deepCopy();
        made.withObject("/metadata").put("name", target);
        applying.makeNamespace(made);
        there.add(target);
      } else if (applying.hasNamespace(target)) {
        there.add(target);
      }
    }
    return there;
  }

  private static boolean isPlaced(ObjectNode object, RestoreOrder order, Set<String> namespaces) {
    String namespace = object.at("/metadata/namespace").asText("");
    return namespace.isEmpty()
        ? order.selection().clusterScope()
        : namespaces.contains(order.renamed(namespace));
  }

  private void one(
      BackupJob job,
      RestoreOrder order,
      ManagedCluster cluster,
      Contents contents,
      ObjectNode object,
      ApplyObjects applying)
      throws IOException, InterruptedException {
    ObjectNode placed = object.deepCopy();
    String namespace = order.renamed(object.at("/metadata/namespace").asText(""));
    if (!namespace.isEmpty()) {
      placed.withObject("/metadata").put("namespace", namespace);
    }
    VolumeCopy copy = contents.volumes().get(Contents.place(object));
    if (copy != null && order.withVolumeData() && !applying.isThere(placed)) {
      try {
        String claim = object.at("/metadata/name").asText();
        ObjectNode volume = copies.restore(copy, cluster, namespace, claim, job);
        applying.makeVolume(volume);
        placed.withObject("/spec").put("volumeName", volume.at("/metadata/name").asText());
      } catch (OperationFailed e) {
        applying.warn(object, e.getMessage());
        return;
      }
    }
    applying.apply(placed);
  }
}
