package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.azure.AzureAccess;
import io.arbitex.recovery.executors.azure.Disks;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.volumes.AzureDiskStore;
import io.arbitex.recovery.executors.volumes.VolumeTarget;
import io.arbitex.recovery.lab.azure.DiskCloud;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A deployment with a claim that has files on it, snapshots of its disk, and an inventory. */
final class VolumeWorld {
  static final String APP = "arbitex-platform";
  static final String CLAIM = "arbitex-audit-buffer";
  static final Map<String, String> FILES =
      Map.of("events.jsonl", "one\ntwo\n", "old/0001.jsonl", "zero\n");

  final TestCluster cluster;
  final DiskCloud cloud;
  final String namespace;
  final String component;
  final String oldVolume;
  String workload = "deployment/" + APP;
  private final Path folder;
  private int attempts;

  /** Deploys it and fills its volume. */
  VolumeWorld(TestCluster cluster, DiskCloud cloud, Path folder) throws Exception {
    this.cluster = cluster;
    this.cloud = cloud;
    this.folder = folder;
    namespace = cluster.namespace();
    component = "audit-buffer-" + namespace;
    client()
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(
            new PersistentVolumeClaimBuilder(TestCluster.claim(CLAIM, "managed-csi"))
                .editMetadata()
                .addToLabels("app.kubernetes.io/managed-by", "Helm")
                .addToAnnotations("meta.helm.sh/release-name", "arbitex")
                .endMetadata()
                .build())
        .create();
    client().apps().deployments().inNamespace(namespace).resource(deployment()).create();
    awaitReady();
    oldVolume = claim().getSpec().getVolumeName();
    write(FILES);
  }

  private static Deployment deployment() {
    Pod pod = TestCluster.podWithClaim(APP, CLAIM);
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(APP)
        .endMetadata()
        .withNewSpec()
        .withReplicas(2)
        .withNewSelector()
        .withMatchLabels(Map.of("app", APP))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", APP))
        .endMetadata()
        .withSpec(pod.getSpec())
        .endTemplate()
        .endSpec()
        .build();
  }

  KubernetesClient client() {
    return cluster.client();
  }

  RollableScalableResource<Deployment> app() {
    return client().apps().deployments().inNamespace(namespace).withName(APP);
  }

  int replicas() {
    return app().get().getSpec().getReplicas();
  }

  void awaitReady() throws InterruptedException {
    until(
        "two pods are ready",
        () -> Integer.valueOf(2).equals(app().get().getStatus().getReadyReplicas()));
  }

  /** Its pods whose command has that in it, those that are ending too. */
  List<Pod> podsThatRun(String text) {
    return client().pods().inNamespace(namespace).withLabel("app", APP).list().getItems().stream()
        .filter(pod -> pod.getSpec().getContainers().get(0).getCommand().toString().contains(text))
        .toList();
  }

  PersistentVolumeClaim claim() {
    return client().persistentVolumeClaims().inNamespace(namespace).withName(CLAIM).get();
  }

  Optional<PersistentVolume> volume(String name) {
    return Optional.ofNullable(client().persistentVolumes().withName(name).get());
  }

  /** The folder of a disk on this machine. */
  Path disk(String name) {
    return cluster.disks().resolve(name);
  }

  /** Lets the old disk hold these files and no others. */
  void write(Map<String, String> files) throws IOException {
    empty(disk(oldVolume));
    for (Map.Entry<String, String> each : files.entrySet()) {
      Path file = disk(oldVolume).resolve(each.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, each.getValue());
    }
  }

  /** What is on a disk, by its path. */
  Map<String, String> files(String disk) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(disk(disk))) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        found.put(disk(disk).relativize(each).toString(), Files.readString(each));
      }
    }
    return found;
  }

  private static void empty(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!each.equals(folder)) {
          Files.delete(each);
        }
      }
    }
  }

  Instant snapshot(String name) {
    cloud.takeSnapshot(namespace + "-" + name, oldVolume, tags());
    return Instant.now();
  }

  Map<String, String> tags() {
    return Map.of("recovery-platform", "eu-1", "recovery-component", component);
  }

  /** The volume and its disk are gone, and the pods that had it cannot start again. */
  void lose() throws Exception {
    loseVolume();
    empty(disk(oldVolume));
    Files.delete(disk(oldVolume));
    killPods();
  }

  /** Its pods are killed; those that come instead are ready only if they get their volume. */
  void killPods() throws InterruptedException {
    client().pods().inNamespace(namespace).withLabel("app", APP).delete();
    until(
        "no pod is ready",
        () -> {
          Integer ready = app().get().getStatus().getReadyReplicas();
          return ready == null || ready == 0;
        });
  }

  /** The volume is gone, whatever its policy; its disk is there, and pods have it mounted. */
  void loseVolume() throws Exception {
    client().persistentVolumes().withName(oldVolume).delete();
    client()
        .persistentVolumes()
        .withName(oldVolume)
        .edit(
            volume -> {
              volume.getMetadata().setFinalizers(List.of());
              return volume;
            });
    until("the claim is lost", () -> claim().getStatus().getPhase().equals("Lost"));
  }

  /** Names of pods, claims and volumes that a recovery made to work with. */
  List<String> ours() {
    Stream<String> pods =
        client().pods().inNamespace(namespace).list().getItems().stream()
            .map(each -> each.getMetadata().getName());
    Stream<String> claims =
        client().persistentVolumeClaims().inNamespace(namespace).list().getItems().stream()
            .map(each -> each.getMetadata().getName());
    Stream<String> volumes =
        client().persistentVolumes().list().getItems().stream()
            .filter(each -> each.getSpec().getClaimRef() != null)
            .filter(each -> namespace.equals(each.getSpec().getClaimRef().getNamespace()))
            .map(each -> each.getMetadata().getName());
    return Stream.of(pods, claims, volumes)
        .flatMap(each -> each)
        .filter(name -> name.startsWith("recovery-"))
        .toList();
  }

  Inventory inventory() throws Exception {
    return Inventory.parse(
        "platform.yaml",
        folder,
        """
        platforms:
          - name: eu-1
            observers: [a]
            endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
            kubernetes: {kubeconfig: "file:%s", namespace: %s}
            azure: %s
            components:
              - name: %s
                kind: pvc
                procedures: [pvc.snapshot]
                volume:
                  claim: %s
                  workloads: [%s]
                  helperImage: shell
                  check: [sh, -c, "! grep -q mallory /data/events.jsonl"]
                  azure: {snapshots: %s, disks: %s}
        """
            .formatted(
                cluster.kubeconfig(),
                namespace,
                cloud.platform(),
                component,
                CLAIM,
                workload,
                DiskCloud.GROUP,
                DiskCloud.GROUP));
  }

  /** What the procedures work on, with a binding and no more patience than that. */
  VolumeTarget target(Supplier<Optional<Bound>> bound, Duration patience) throws Exception {
    Inventory.Platform platform = inventory().platforms().get(0);
    return new VolumeTarget(
        "eu-1",
        component,
        platform.kubernetes().orElseThrow(),
        platform.components().get(0).volume().orElseThrow(),
        bound,
        target ->
            new AzureDiskStore(
                target,
                new Disks(
                    AzureAccess.open(platform.azure().orElseThrow()),
                    DiskCloud.GROUP,
                    DiskCloud.GROUP)),
        patience);
  }

  Procedures procedures() throws Exception {
    return new Procedures(
        inventory(),
        Policy.parse("runbook.yaml", folder, "version: 1\n"),
        (platform, component) -> Optional.empty(),
        Clock.systemUTC());
  }

  ProcedureBench bench() throws Exception {
    return new ProcedureBench(procedures());
  }

  /** Restores from a snapshot of before now. */
  StepCommand restore(Map<String, String> more) {
    return command("volume.restore", "pvc.snapshot", "pvc", more);
  }

  StepCommand cutover(Map<String, String> facts) {
    return command("volume.cutover", "cutover.volume", "cutover", facts);
  }

  private StepCommand command(
      String step, String procedure, String worker, Map<String, String> more) {
    Instant now = Times.now(Clock.systemUTC());
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("bad-since", now.toString());
    parameters.put("source-resource", CLAIM);
    parameters.put("source-epoch", "0");
    parameters.put("source-may-live", "false");
    parameters.putAll(more);
    attempts++;
    return StepCommand.newBuilder()
        .setCommandId(namespace + "/" + step + "/" + attempts)
        .setIncidentId(namespace)
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId(step)
        .setComponent(component)
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
}
