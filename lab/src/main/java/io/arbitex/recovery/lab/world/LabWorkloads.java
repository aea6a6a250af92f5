package io.arbitex.recovery.lab.world;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Brings what lives in the cluster there, beside the rest of a lab's start: pods start while the
 * database is made that they wait for.
 */
final class LabWorkloads implements AutoCloseable {
  private static final long END_SECONDS = 10;
  private static final String REDIS_URL = "REDIS_URL";

  private final LabPlan plan;
  private final LabProcesses processes;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "workloads");
            made.setDaemon(true);
            return made;
          });
  private Future<KubernetesClient> applied;

  LabWorkloads(LabPlan plan, LabProcesses processes) {
    this.plan = plan;
    this.processes = processes;
  }

  /** Writes the registry of images, which a cluster reads whenever a container starts. */
  static void writeImages(LabPlan plan, LabProcesses processes) throws IOException {
    StringBuilder images = new StringBuilder("images:\n").append(PlatformWorkload.image(processes));
    images.append(PlatformWorkload.badImage(processes, plan.folder()));
    images.append(VolumeConfiguration.IMAGE);
    plan.redis().ifPresent(port -> images.append(RedisWorkload.image(port)));
    Files.writeString(
        LabCluster.imageFile(plan.folder()), images.toString(), StandardCharsets.UTF_8);
  }

  /** The keys of the platform's Secret. */
  static List<String> keys(LabPlan plan) {
    List<String> keys =
        new ArrayList<>(List.of(PlatformWorkload.DATABASE_URL, "AUDIT_KEY", "ADMIN_TOKEN"));
    plan.redis().ifPresent(port -> keys.add(REDIS_URL));
    return keys;
  }

  /** What the platform's Secret holds, by key. */
  static Map<String, String> secrets(LabPlan plan, Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>(own);
    plan.redis().ifPresent(port -> all.put(REDIS_URL, "redis://127.0.0.1:" + port + "/0"));
    return all;
  }

  /**
   * Starts the cluster, if it is not Azure's, and everything in it as soon as it takes requests.
   *
   * @param secrets what the platform's Secret holds, by key
   */
  void begin(Map<String, String> secrets) throws IOException {
    LabCluster cluster = new LabCluster(plan.folder(), processes, plan.cluster());
    if (!plan.options().managedCluster()) {
      cluster.start();
    }
    applied =
        thread.submit(
            () -> {
              cluster.awaitReady();
              return apply(secrets);
            });
  }

  private KubernetesClient apply(Map<String, String> secrets) throws IOException {
    KubernetesClient client = LabCluster.client(LabCluster.kubeconfig(plan.folder()));
    try {
      PlatformWorkload.apply(client, plan, secrets);
      if (plan.redis().isPresent()) {
        RedisWorkload.apply(client, plan.folder(), plan.redis().get());
      }
      return client;
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** Waits until all of it is ready. */
  void awaitReady(Consumer<String> say) throws InterruptedException {
    try (KubernetesClient client = applied.get()) {
      if (plan.redis().isPresent()) {
        RedisWorkload.awaitReady(client, () -> processes.tail(LabCluster.NAME));
        say.accept("redis: ready on port " + plan.redis().get());
      }
      PlatformWorkload.awaitReady(client, () -> processes.tail(LabCluster.NAME));
      say.accept("platform: ready at " + plan.platformAddress());
    } catch (ExecutionException e) {
      throw new LabFailure(
          "the workloads cannot be brought into the cluster: " + e.getCause().getMessage(), e);
    }
  }

  /** Nothing is applied afterwards. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        throw new LabFailure("what brings workloads into the cluster does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
