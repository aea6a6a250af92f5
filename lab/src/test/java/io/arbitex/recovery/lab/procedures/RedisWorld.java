package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Digests;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A real Redis in a StatefulSet of its own namespace, RDB files, and an inventory. */
final class RedisWorld {
  static final String SET = "arbitex-redis";
  static final int KEYS = 2_000;
  static final String CLAIM = "data-arbitex-redis-0";

  final TestCluster cluster;
  final String namespace;
  final Path backups;
  Optional<Bound> bound = Optional.empty();
  private final Path folder;
  private final boolean appendOnly;
  private final String address;

  /** The address that the inventory has for its clients; its own at first. */
  String door;

  private int attempts;
  private PersistentVolume lostVolume;

  /**
   * Starts it and fills it.
   *
   * @param folder of the test
   */
  RedisWorld(TestCluster cluster, Path folder, boolean appendOnly) throws Exception {
    this.cluster = cluster;
    this.namespace = cluster.namespace();
    this.folder = Files.createDirectories(folder.resolve(namespace));
    this.backups = Files.createDirectories(this.folder.resolve("backups"));
    this.appendOnly = appendOnly;
    cluster
        .client()
        .apps()
        .statefulSets()
        .inNamespace(namespace)
        .resource(set(appendOnly))
        .create();
    awaitReady();
    this.address = pod().getStatus().getPodIP();
    this.door = address;
    fill("key:", KEYS);
  }

  private static StatefulSet set(boolean appendOnly) {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withName(SET)
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
        .withNewSpec()
        .withTerminationGracePeriodSeconds(5L)
        .addNewContainer()
        .withName("redis")
        .withImage("redis:7.0")
        // Without the delay a backup waits 5 s for other replicas that may want the same.
        .withCommand("redis-server", "--dir", "/data", "--repl-diskless-sync-delay", "0")
        .withArgs(
            appendOnly
                ? List.of("--appendonly", "yes", "--aof-timestamp-enabled", "yes", "--save", "")
                : List.of("--appendonly", "no"))
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
        .endTemplate()
        .withVolumeClaimTemplates(TestCluster.claim("data", "managed-csi"))
        .endSpec()
        .build();
  }

  RollableScalableResource<StatefulSet> set() {
    return cluster.client().apps().statefulSets().inNamespace(namespace).withName(SET);
  }

  Pod pod() {
    return cluster.pod(namespace, SET + "-0");
  }

  /** Names of the pods of recoveries. */
  List<String> workPods() {
    return cluster.client().pods().inNamespace(namespace).list().getItems().stream()
        .map(each -> each.getMetadata().getName())
        .filter(name -> !name.startsWith(SET))
        .toList();
  }

  /** Puts a program of that name before all others in the running work pod, and in no later one. */
  void putInWorkPod(String name, String body) throws IOException {
    Path program =
        cluster
            .disks()
            .resolveSibling("state")
            .resolve("pods")
            .resolve(cluster.pod(namespace, workPods().get(0)).getMetadata().getUid())
            .resolve("containers/work/bin")
            .resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void awaitReady() throws InterruptedException {
    until("Redis is ready", () -> Readiness.isPodReady(pod()) && ask(RedisCommands::ping) != null);
  }

  /** Deletes the pod, and waits until the controller's next one is ready. */
  void restartPod() throws InterruptedException {
    String uid = pod().getMetadata().getUid();
    cluster.client().pods().inNamespace(namespace).withName(SET + "-0").delete();
    until("there is another pod", () -> !pod().getMetadata().getUid().equals(uid));
    awaitReady();
  }

  /** The folder of the volume on this machine. */
  Path data() {
    return cluster.disks().resolve(claim().getSpec().getVolumeName());
  }

  /** What lies in the data folder, without our own. */
  List<String> dataFiles() throws IOException {
    try (Stream<Path> files = Files.list(data())) {
      return files
          .map(each -> each.getFileName().toString())
          .filter(name -> !name.equals(".recovery"))
          .sorted()
          .toList();
    }
  }

  <T> T ask(Function<RedisCommands<String, String>, T> work) {
    String ip = pod().getStatus().getPodIP();
    try (RedisClient client = RedisClient.create();
        StatefulRedisConnection<String, String> connection =
            client.connect(RedisURI.create(ip, 6379))) {
      return work.apply(connection.sync());
    }
  }

  void fill(String prefix, int keys) {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < keys; i++) {
      all.put(prefix + i, "value " + i);
    }
    ask(commands -> commands.mset(all));
  }

  long keys() {
    return ask(RedisCommands::dbsize);
  }

  /** Redis comes up without its data: its folder is gone. */
  void loseData() throws Exception {
    set().scale(0);
    until("no pod is left", () -> pod() == null);
    try (Stream<Path> files = Files.walk(data())) {
      for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!each.equals(data())) {
          Files.delete(each);
        }
      }
    }
    set().scale(1);
    awaitReady();
  }

  PersistentVolumeClaim claim() {
    return cluster.client().persistentVolumeClaims().inNamespace(namespace).withName(CLAIM).get();
  }

  /** The volume object is gone, as after somebody took its finalizer away; the pod waits for it. */
  void loseVolume() throws Exception {
    var volume = cluster.client().persistentVolumes().withName(claim().getSpec().getVolumeName());
    lostVolume = volume.require();
    volume.delete();
    volume.edit(
        found -> {
          found.getMetadata().setFinalizers(List.of());
          return found;
        });
    until("the claim is Lost", () -> claim().getStatus().getPhase().equals("Lost"));
    cluster.client().pods().inNamespace(namespace).withName(SET + "-0").withGracePeriod(0).delete();
    until("its pod waits", () -> pod() != null && pod().getStatus().getPhase().equals("Pending"));
  }

  /**
   * A volume that any claim may have, of a disk that is there; deleted with its claim.
   *
   * @return the folder of the disk
   */
  Path offerVolume(String name) throws IOException {
    cluster
        .client()
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpecLike(lostVolume.getSpec())
                .withClaimRef(null)
                .editCsi()
                .withVolumeHandle(name)
                .endCsi()
                .endSpec()
                .build())
        .create();
    return Files.createDirectories(cluster.disks().resolve(name));
  }

  /** Somebody makes it again, for the same disk. */
  void bringVolumeBack() {
    cluster
        .client()
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(lostVolume.getMetadata().getName())
                .endMetadata()
                .withSpec(lostVolume.getSpec())
                .build())
        .create();
  }

  /** An RDB file and its manifest, as the backup makes them. */
  Path backup(String id, Instant takenAt) throws Exception {
    return backup(id, takenAt, KEYS);
  }

  Path backup(String id, Instant takenAt, long keys) throws Exception {
    Path file = backups.resolve("eu-1-" + id + ".rdb");
    Process process =
        new ProcessBuilder("redis-cli", "-h", address, "--rdb", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis-cli.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("redis-cli.log")));
    }
    describe(file, id, takenAt, keys);
    return file;
  }

  void describe(Path file, String id, Instant takenAt, long keys) throws IOException {
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
            .setToolVersion("7.0.15")
            .setServerVersion("7.0.15")
            .setBaseline(
                Baseline.newBuilder()
                    .setPlatform("eu-1")
                    .setComponent("redis")
                    .setKind(BaselineKind.BASELINE)
                    .setSource(SET)
                    .setTakenAt(takenAt)
                    .setCounts(List.of(new TableCount("keys", keys)))
                    .setAlembicHead("")
                    .setAuditCount(0)
                    .setAuditHeadId(0)
                    .setAuditHeadHmac("")
                    .build())
            .build());
  }

  ProcedureBench bench() throws Exception {
    String text =
        """
        platforms:
          - name: eu-1
            observers: [a]
            endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
            kubernetes: {kubeconfig: "file:%s", namespace: %s}
            components:
              - name: redis
                kind: redis
                procedures: [redis.rdb, redis.aof, redis.cold]
                redis:
                  resource: %s
                  host: %s
                  statefulSet: %s
                  claim: %s
                  appendOnly: %s
                  helperImage: redis:7.0
                  backups: [backups]
                  tools: /usr/bin
        """
            .formatted(cluster.kubeconfig(), namespace, SET, door, SET, CLAIM, appendOnly);
    Inventory inventory = Inventory.parse("platform.yaml", folder, text);
    Policy policy = Policy.parse("runbook.yaml", folder, "version: 1\n");
    return new ProcedureBench(
        new Procedures(inventory, policy, (platform, component) -> bound, Clock.systemUTC()));
  }

  StepCommand restore(String procedure, Map<String, String> more) {
    return command("redis.restore", procedure, "redis", more);
  }

  StepCommand cutover(Map<String, String> facts) {
    return command("redis.cutover", "cutover.redis", "cutover", facts);
  }

  /** Of a source whose binding is at that epoch. */
  StepCommand cutover(Map<String, String> facts, long epoch) {
    Map<String, String> later = new LinkedHashMap<>(facts);
    later.put("source-epoch", Long.toString(epoch));
    return cutover(later);
  }

  private StepCommand command(
      String step, String procedure, String worker, Map<String, String> more) {
    Instant now = Times.now(Clock.systemUTC());
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("bad-since", now.toString());
    parameters.put("source-resource", SET);
    parameters.put("source-epoch", "0");
    parameters.put("source-may-live", "false");
    parameters.putAll(more);
    attempts++;
    return StepCommand.newBuilder()
        .setCommandId("inc-7/" + step + "/" + attempts)
        .setIncidentId("inc-7")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId(step)
        .setComponent("redis")
        .setProcedure(procedure)
        .setWorker(worker)
        .setAttempt(attempts)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plus(10, ChronoUnit.MINUTES))
        .setParameters(Facts.of(parameters))
        .build();
  }

  /** All that was said in records. */
  static String everythingSaid(ProcedureBench bench) {
    List<Object> all = new ArrayList<>(bench.events);
    all.addAll(bench.lines);
    all.addAll(bench.entries.values());
    return all.toString();
  }
}
