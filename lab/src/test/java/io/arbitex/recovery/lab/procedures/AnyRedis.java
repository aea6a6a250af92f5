package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Digests;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A Redis in a cluster of which nothing but the API can be reached. */
final class AnyRedis {
  private static final String SET = "arbitex-redis";
  private static final int KEYS = 2_000;
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final String FILL =
      "for i=1," + KEYS + " do redis.call('set', 'key:'..i, string.rep('value '..i..' ', 100)) end";

  private final AnyCluster cluster;
  private final String namespace;
  private final Path folder;
  private final Path backups;

  AnyRedis(AnyCluster cluster, Path folder) throws Exception {
    this.cluster = cluster;
    this.namespace = cluster.namespace();
    this.folder = folder;
    this.backups = Files.createDirectories(folder.resolve("backups"));
    cluster.client().resource(set()).create();
    awaitReady();
  }

  private StatefulSet set() {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withName(SET)
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withServiceName(SET)
        .withNewSelector()
        .withMatchLabels(Map.of("app", SET))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", SET))
        .endMetadata()
        .withSpec(
            new PodBuilder()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(10L)
                .addNewContainer()
                .withName("redis")
                .withImage(cluster.redisImage())
                .withCommand("redis-server", "--dir", "/data", "--appendonly", "yes")
                .withNewReadinessProbe()
                .withNewExec()
                .withCommand("redis-cli", "ping")
                .endExec()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .addNewVolumeMount()
                .withName("data")
                .withMountPath("/data")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .build()
                .getSpec())
        .endTemplate()
        .withVolumeClaimTemplates(TestCluster.claim("data", cluster.storageClass()))
        .endSpec()
        .build();
  }

  private PodResource pod() {
    return cluster.client().pods().inNamespace(namespace).withName(SET + "-0");
  }

  private void awaitReady() throws InterruptedException {
    until(
        "Redis is ready",
        () -> Readiness.isPodReady(pod().get()) && exec("redis-cli", "ping").equals("PONG"));
  }

  /** Deletes the pod, and waits until the controller's next one is ready. */
  void restartPod() throws InterruptedException {
    Pod before = pod().get();
    pod().delete();
    until(
        "there is another pod",
        () ->
            pod().get() != null
                && !pod().get().getMetadata().getUid().equals(before.getMetadata().getUid()));
    awaitReady();
  }

  /** Runs a command in its pod; what it printed. */
  String exec(String... command) throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch exec = pod().inContainer("redis").writingOutput(output).exec(command)) {
      Integer status = exec.exitCode().get(60, TimeUnit.SECONDS);
      assertThat(status).as(String.join(" ", command)).isZero();
    }
    return output.toString(StandardCharsets.UTF_8).strip();
  }

  void fill() throws Exception {
    exec("redis-cli", "eval", FILL, "0");
    assertThat(keys()).isEqualTo(KEYS);
  }

  long keys() throws Exception {
    return Long.parseLong(exec("redis-cli", "dbsize").replaceAll("\\D", ""));
  }

  void assertFilled() throws Exception {
    assertThat(keys()).isGreaterThanOrEqualTo(KEYS);
    for (int i : new int[] {1, 7, 1_234, KEYS}) {
      assertThat(exec("redis-cli", "get", "key:" + i)).startsWith("value " + i + " value " + i);
    }
  }

  /** An RDB file that its server saved, and its manifest, as a backup makes them. */
  void backup(String id, Instant takenAt) throws Exception {
    exec("redis-cli", "save");
    Path file = backups.resolve("eu-1-" + id + ".rdb");
    try (InputStream in = pod().inContainer("redis").file("/data/dump.rdb").read()) {
      Files.copy(in, file);
    }
    RestorePointManifest.write(
        file,
        RestorePoint.newBuilder()
            .setId(id)
            .setPlatform("eu-1")
            .setComponent("redis")
            .setKind(RestorePointKind.RDB)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(takenAt)
            .setFinishedAt(takenAt)
            .setLocation(file.toString())
            .setFormat("rdb")
            .setSizeBytes(Files.size(file))
            .setSha256(Digests.sha256(Files.readAllBytes(file)))
            .setToolVersion("7")
            .setServerVersion("7")
            .setBaseline(baseline(takenAt))
            .build());
  }

  private static Baseline baseline(Instant takenAt) {
    return Baseline.newBuilder()
        .setPlatform("eu-1")
        .setComponent("redis")
        .setKind(BaselineKind.BASELINE)
        .setSource(SET)
        .setTakenAt(takenAt)
        .setCounts(List.of(new TableCount("keys", (long) KEYS)))
        .setAlembicHead("")
        .setAuditCount(0)
        .setAuditHeadId(0)
        .setAuditHeadHmac("")
        .build();
  }

  String inventory() throws IOException {
    return """
        platforms:
          - name: eu-1
            observers: [a]
            endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
            kubernetes: {kubeconfig: "file:%s", namespace: %s}
            components:
              - name: redis
                kind: redis
                procedures: [redis.rdb]
                redis:
                  resource: %s
                  host: 127.0.0.1
                  port: 1
                  statefulSet: %s
                  claim: data-%s-0
                  appendOnly: true
                  helperImage: %s
                  backups: [%s]
                  tools: /usr/bin
        """
        .formatted(
            cluster.kubeconfig(),
            namespace,
            SET,
            SET,
            SET,
            cluster.redisImage(),
            folder.resolve("backups"));
  }

  StepCommand command(String step, String procedure, Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("bad-since", Instant.now().toString());
    parameters.put("source-resource", SET);
    parameters.put("source-epoch", "0");
    parameters.put("source-may-live", "true");
    parameters.putAll(more);
    String worker = procedure.startsWith("cutover") ? "cutover" : "redis";
    return AnyClusterTest.command(step, procedure, worker, "redis", parameters);
  }

  /** Looks until it holds; an exception counts as "not yet". */
  static void until(String what, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    Throwable last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("not in time: " + what, last);
  }
}
