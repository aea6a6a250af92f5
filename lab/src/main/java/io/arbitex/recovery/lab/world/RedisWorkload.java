package io.arbitex.recovery.lab.world;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The Redis that the platform keeps its sessions in, as a workload of the cluster: a StatefulSet of
 * one replica with a claim. Its pod is on the host's network, so it is reached at one address
 * whichever pod it is.
 */
final class RedisWorkload {
  static final String NAME = "arbitex-redis";
  static final String CLAIM = "data-arbitex-redis-0";
  static final String CONTAINER = "redis";
  static final String IMAGE = "redis:7";
  static final Path TOOLS = Path.of("/usr/bin");

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String IMAGE_ENTRY =
      """
        %1$s:
          programs:
            redis-server: [/usr/bin/redis-server, --bind, $(POD_IP), --port, "%2$d", --protected-mode, "no"]
            redis-cli: [/usr/bin/redis-cli, -h, $(POD_IP), -p, "%2$d"]
      """;

  /** No delay before a full synchronization: by it backups are taken. */
  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: %2$s
        namespace: %1$s
      spec:
        selector: {app: %2$s}
        ports:
        - {name: redis, port: 6379, targetPort: %4$d}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata:
        name: %2$s
        namespace: %1$s
        labels: {app: %2$s}
      spec:
        serviceName: %2$s
        replicas: 1
        selector:
          matchLabels: {app: %2$s}
        template:
          metadata:
            labels: {app: %2$s}
          spec:
            hostNetwork: true
            terminationGracePeriodSeconds: 10
            containers:
            - name: %5$s
              image: %3$s
              command: [redis-server]
              args: [--dir, /data, --appendonly, "yes", --appendfsync, everysec,
                     --aof-timestamp-enabled, "yes", --stop-writes-on-bgsave-error, "no",
                     --repl-diskless-sync-delay, "0"]
              ports:
              - {name: redis, containerPort: %4$d}
              readinessProbe:
                exec:
                  command: [redis-cli, -e, ping]
                periodSeconds: 1
              volumeMounts:
              - {name: data, mountPath: /data}
        volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            storageClassName: managed-csi
            accessModes: [ReadWriteOnce]
            resources:
              requests: {storage: 1Gi}
      """;

  private RedisWorkload() {}

  /**
   * Its entry of the registry of images.
   *
   * @param port of Redis, in every container
   */
  static String image(int port) {
    return IMAGE_ENTRY.formatted(IMAGE, port);
  }

  /** Applies it, from a file as anybody would keep it. */
  static void apply(KubernetesClient client, LabFolder folder, int port) throws IOException {
    byte[] manifest =
        MANIFEST
            .formatted(LabCluster.NAMESPACE, NAME, IMAGE, port, CONTAINER)
            .getBytes(StandardCharsets.UTF_8);
    Files.write(folder.etc().resolve("redis.yaml"), manifest);
    client.load(new ByteArrayInputStream(manifest)).create();
  }

  /**
   * Waits until its pod is ready.
   *
   * @param hint what to say besides when it does not get so
   */
  static void awaitReady(KubernetesClient client, Supplier<String> hint)
      throws InterruptedException {
    Waiting.until(
        "Redis getting ready",
        LIMIT,
        () -> {
          StatefulSet set =
              client.apps().statefulSets().inNamespace(LabCluster.NAMESPACE).withName(NAME).get();
          return set != null
              && set.getStatus() != null
              && Integer.valueOf(1).equals(set.getStatus().getReadyReplicas());
        },
        hint);
  }
}
