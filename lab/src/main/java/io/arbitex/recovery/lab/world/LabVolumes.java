package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.kubernetes.kubelet.DiskFolders;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The volumes of the lab's platform from outside: what loses one, and what is on it. */
public final class LabVolumes {
  private final LabFolder folder;
  private final LabState.Cluster cluster;

  LabVolumes(LabFolder folder, LabState.Cluster cluster) {
    this.folder = folder;
    this.cluster = cluster;
  }

  /** The claim of a component of the inventory. */
  public static String claim(String component) {
    return VolumeConfiguration.claim(component);
  }

  /**
   * The volume and its disk are deleted, whatever the reclaim policy, and the pods that had it are
   * gone; those that come instead wait for it.
   *
   * @return the volume's name
   */
  public String lose(String claim) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      PersistentVolume volume = volume(client, claim);
      String name = volume.getMetadata().getName();
      Path disk = disk(volume);
      // Out of sight in one step: what still writes there fails from here on.
      Path gone = disk.resolveSibling("." + disk.getFileName() + ".gone");
      client.persistentVolumes().withName(name).delete();
      client
          .persistentVolumes()
          .withName(name)
          .edit(
              found -> {
                found.getMetadata().setFinalizers(List.of());
                return found;
              });
      Files.move(disk, gone, StandardCopyOption.ATOMIC_MOVE);
      for (Pod pod : client.pods().inNamespace(cluster.namespace()).list().getItems()) {
        if (hasClaim(pod, claim)) {
          client.resource(pod).withGracePeriod(0).delete();
        }
      }
      folder.delete(gone);
      return name;
    }
  }

  /** Name of the disk that a claim's volume is on. */
  public String disk(String claim) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      return disk(volume(client, claim)).getFileName().toString();
    }
  }

  /** A disk is deleted, whoever has it. */
  public void loseDisk(String name) throws IOException {
    Path disk = folder.disks().resolve(name);
    Path gone = disk.resolveSibling("." + name + ".gone");
    Files.move(disk, gone, StandardCopyOption.ATOMIC_MOVE);
    folder.delete(gone);
  }

  private static boolean hasClaim(Pod pod, String claim) {
    return pod.getSpec().getVolumes().stream()
        .filter(each -> each.getPersistentVolumeClaim() != null)
        .anyMatch(each -> claim.equals(each.getPersistentVolumeClaim().getClaimName()));
  }

  /** Name of the volume that a claim is bound to. */
  public String volume(String claim) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      return volume(client, claim).getMetadata().getName();
    }
  }

  private PersistentVolume volume(KubernetesClient client, String claim) {
    PersistentVolumeClaim found =
        client.persistentVolumeClaims().inNamespace(cluster.namespace()).withName(claim).require();
    return client.persistentVolumes().withName(found.getSpec().getVolumeName()).require();
  }

  private Path disk(PersistentVolume volume) {
    return new DiskFolders(folder.disks())
        .of(Meta.JSON.valueToTree(volume))
        .orElseThrow(() -> new LabFailure(volume.getMetadata().getName() + " is no folder"));
  }

  /** Leaves a file of one line on a claim's volume. */
  public void mark(String claim, String name, String line) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      Files.writeString(disk(volume(client, claim)).resolve(name), line + "\n");
    }
  }

  /** What is in the files of a claim's volume whose names end so, one line each. */
  public List<String> lines(String claim, String ending) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()));
        Stream<Path> files = Files.list(disk(volume(client, claim)))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
      List<String> lines = new ArrayList<>();
      for (Path file : found) {
        lines.addAll(Files.readAllLines(file));
      }
      return lines;
    }
  }

  /** Names of the disks that are there. */
  public List<String> disks() throws IOException {
    try (Stream<Path> all = Files.list(folder.disks())) {
      return all.map(disk -> disk.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }
}
