package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.kubernetes.kubelet.DiskFolders;
import io.arbitex.recovery.lab.kubernetes.kubelet.PodProcesses;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The lab's Redis from outside: what breaks it, what mends it, and what is in it. Processes and
 * files are broken as they are found on the machine; the rest is what any client may do.
 */
public final class LabRedis {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** In the place of the file that a save would be renamed to: not empty, so it cannot be. */
  private static final String OBSTACLE = "dump.rdb/in-the-way";

  private final LabFolder folder;
  private final LabState.Cluster cluster;
  private final LabState.Redis redis;

  LabRedis(LabFolder folder, LabState.Cluster cluster) {
    this.folder = folder;
    this.cluster = cluster;
    this.redis = cluster.requireRedis();
  }

  /** Its port on 127.0.0.1. */
  public int port() {
    return redis.port();
  }

  /**
   * Its data folder is emptied, and the server killed with signal 9; its pod's container comes back
   * by itself, with nothing.
   */
  public void destroy() throws IOException {
    // First the data: what is started again must not find it.
    empty(data());
    kill();
  }

  private void kill() throws IOException {
    List<PodProcesses.Running> servers =
        new PodProcesses(Path.of(cluster.stateFolder()))
            .running().stream()
                .filter(each -> each.name().equals(RedisWorkload.CONTAINER))
                .toList();
    if (servers.isEmpty()) {
      throw new LabFailure("no Redis runs");
    }
    servers.forEach(each -> each.process().destroyForcibly());
  }

  /** FLUSHALL, as somebody types it in the wrong window. */
  public void flush() {
    try (RedisVisit visit = new RedisVisit(port())) {
      visit.commands().flushall();
    }
  }

  /** Makes background saves fail, and one is tried; returns when the server says so. */
  public void failSaves() throws IOException, InterruptedException {
    Path obstacle = data().resolve(OBSTACLE);
    folder.delete(obstacle.getParent());
    Files.createDirectories(obstacle.getParent());
    Files.createFile(obstacle);
    save("err");
  }

  /** Background saves work again; returns when one has. */
  public void mendSaves() throws IOException, InterruptedException {
    folder.delete(data().resolve(OBSTACLE).getParent());
    save("ok");
  }

  private void save(String outcome) throws InterruptedException {
    try (RedisVisit visit = new RedisVisit(port())) {
      Waiting.until(
          "a background save with status " + outcome,
          LIMIT,
          () -> {
            String info = visit.commands().info("persistence");
            if (info.contains("rdb_last_bgsave_status:" + outcome)) {
              return true;
            }
            if (info.contains("rdb_bgsave_in_progress:0")) {
              visit.commands().bgsave();
            }
            return false;
          },
          () -> "");
    }
  }

  /** Deletes its pod; returns when another one is ready. */
  public void restartPod() throws IOException, InterruptedException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      var pod = client.pods().inNamespace(cluster.namespace()).withName(redis.statefulSet() + "-0");
      Pod before = pod.require();
      pod.delete();
      Waiting.until(
          "another pod of Redis",
          LIMIT,
          () -> {
            Pod now = pod.get();
            return now != null && !now.getMetadata().getUid().equals(before.getMetadata().getUid());
          },
          () -> "");
      RedisWorkload.awaitReady(client, () -> "");
    }
  }

  /** What is in it of these sessions, in their order; null for one that is not there. */
  public List<String> sessions(List<String> ids) {
    try (RedisVisit visit = new RedisVisit(port())) {
      return visit.sessions(ids);
    }
  }

  /** Its volume's folder on this machine. */
  private Path data() throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      String volume =
          client
              .persistentVolumeClaims()
              .inNamespace(cluster.namespace())
              .withName(redis.claim())
              .require()
              .getSpec()
              .getVolumeName();
      PersistentVolume found = client.persistentVolumes().withName(volume).require();
      return new DiskFolders(folder.disks())
          .of(Meta.JSON.valueToTree(found))
          .orElseThrow(() -> new LabFailure(volume + " is no folder"));
    }
  }

  private void empty(Path data) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(data)) {
      for (Path entry : entries) {
        folder.delete(entry);
      }
    }
  }
}
