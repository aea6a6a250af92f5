package io.arbitex.recovery.lab.procedures;

import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.volumes.DiskStore;
import io.arbitex.recovery.executors.volumes.MadeDisk;
import io.arbitex.recovery.executors.volumes.Snapshot;
import io.arbitex.recovery.executors.volumes.VolumeTarget;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinity;
import io.fabric8.kubernetes.api.model.VolumeNodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A deployment with a volume, in any cluster: its disks and snapshots are folders of one node, as a
 * pod there makes them.
 */
final class AnyVolume implements DiskStore {
  static final String CLAIM = "data";
  private static final String HOST = "host";
  private static final String OLD = "old";
  private static final String SNAPSHOT = "snapshot";
  private static final Map<String, Quantity> SIZE = Map.of("storage", new Quantity("1Gi"));

  final String namespace;
  private final AnyCluster cluster;
  private final String base;
  private String node;

  AnyVolume(AnyCluster cluster) throws Exception {
    this.cluster = cluster;
    this.namespace = cluster.namespace();
    this.base = cluster.hostFolder() + "/" + namespace;
    client().pods().inNamespace(namespace).resource(host()).create();
    AnyRedis.until("the host's pod runs", () -> phase(HOST).equals("Running"));
    node = client().pods().inNamespace(namespace).withName(HOST).get().getSpec().getNodeName();
    host("mkdir -p /host/old /host/snapshot && echo good > /host/snapshot/file");
    host("echo damaged > /host/old/file");
    deploy();
    AnyRedis.until("it is ready", () -> ready() == 1);
  }

  private KubernetesClient client() {
    return cluster.client();
  }

  private String phase(String pod) {
    return client().pods().inNamespace(namespace).withName(pod).get().getStatus().getPhase();
  }

  private io.fabric8.kubernetes.api.model.Pod host() {
    return new PodBuilder()
        .withNewMetadata()
        .withName(HOST)
        .endMetadata()
        .withSpec(
            new PodSpecBuilder(sleeper("/host"))
                .addNewVolume()
                .withName("data")
                .withNewHostPath(base, "DirectoryOrCreate")
                .endVolume()
                .build())
        .build();
  }

  private PodSpec sleeper(String folder) {
    return new PodSpecBuilder()
        .withTerminationGracePeriodSeconds(1L)
        .addNewContainer()
        .withName("main")
        .withImage(cluster.shellImage())
        .withCommand("/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done")
        .addNewVolumeMount()
        .withName("data")
        .withMountPath(folder)
        .endVolumeMount()
        .endContainer()
        .build();
  }

  private void deploy() {
    PersistentVolumeSpec spec = new PersistentVolumeSpec();
    spec.setCapacity(SIZE);
    spec.setAccessModes(List.of("ReadWriteOnce"));
    spec.setPersistentVolumeReclaimPolicy("Delete");
    spec.setStorageClassName("");
    place(spec, base + "/" + OLD);
    client()
        .persistentVolumes()
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(oldVolume())
                .endMetadata()
                .withSpec(spec)
                .build())
        .create();
    client()
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(CLAIM)
                .endMetadata()
                .withNewSpec()
                .withStorageClassName("")
                .withVolumeName(oldVolume())
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .withRequests(SIZE)
                .endResources()
                .endSpec()
                .build())
        .create();
    client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("app")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .withMatchLabels(Map.of("app", "app"))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "app"))
                .endMetadata()
                .withSpec(
                    new PodSpecBuilder(sleeper("/data"))
                        .addNewVolume()
                        .withName("data")
                        .withNewPersistentVolumeClaim(CLAIM, false)
                        .endVolume()
                        .build())
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  String oldVolume() {
    return namespace + "-old";
  }

  int ready() {
    Integer ready =
        client()
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withName("app")
            .get()
            .getStatus()
            .getReadyReplicas();
    return ready == null ? 0 : ready;
  }

  /** What the deployment's pod finds in its file. */
  String seen() throws Exception {
    String pod =
        client().pods().inNamespace(namespace).withLabel("app", "app").list().getItems().stream()
            .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
            .findFirst()
            .orElseThrow()
            .getMetadata()
            .getName();
    return exec(pod, "cat /data/file").strip();
  }

  private String host(String script) throws Exception {
    return exec(HOST, script);
  }

  private String exec(String pod, String script) throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch exec =
        client()
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .writingOutput(output)
            .writingError(output)
            .exec("sh", "-c", script)) {
      if (exec.exitCode().get(30, TimeUnit.SECONDS) != 0) {
        throw new IllegalStateException(script + ": " + output);
      }
    }
    return output.toString(StandardCharsets.UTF_8);
  }

  private String on(String script) {
    try {
      return host(script);
    } catch (Exception e) {
      throw new IllegalStateException(script, e);
    }
  }

  VolumeTarget target(Kubernetes kubernetes) {
    return new VolumeTarget(
        "eu-1",
        "files",
        kubernetes,
        new Volume(
            CLAIM,
            List.of(Workload.of("deployment/app")),
            cluster.shellImage(),
            List.of("sh", "-c", "grep -q good /data/file"),
            Duration.ofMinutes(1),
            new Volume.AzureDisks("none", "none"),
            0.9,
            Duration.ofMinutes(2)),
        Optional::empty,
        target -> this,
        Duration.ofMinutes(1));
  }

  @Override
  public List<Snapshot> snapshots(ActionContext context) {
    return List.of(
        new Snapshot(
            SNAPSHOT, Instant.now().minus(Duration.ofHours(1)), base + "/lost", Optional.empty()));
  }

  @Override
  public Optional<MadeDisk> find(ActionContext context, String disk) {
    String command = on("cat /host/" + disk + ".by 2>/dev/null || true").strip();
    return command.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MadeDisk(base + "/" + disk, "1Gi", List.of(), Optional.of(command), true));
  }

  @Override
  public boolean has(ActionContext context, String handle) {
    String folder = handle.substring(handle.lastIndexOf('/') + 1);
    return on("test -e /host/" + folder + " && echo yes || true").contains("yes");
  }

  @Override
  public void make(ActionContext context, String disk, String snapshot, Optional<String> oldDisk) {
    on(
        "cp -a /host/%s /host/%s && echo %s > /host/%s.by"
            .formatted(snapshot, disk, context.command().getCommandId(), disk));
  }

  @Override
  public void delete(ActionContext context, String disk) {
    on("rm -rf /host/%s /host/%s.by".formatted(disk, disk));
  }

  @Override
  public void place(PersistentVolumeSpec volume, String diskId) {
    volume.setHostPath(
        new io.fabric8.kubernetes.api.model.HostPathVolumeSource(diskId, "Directory"));
    volume.setNodeAffinity(onTheNode());
  }

  private VolumeNodeAffinity onTheNode() {
    return new VolumeNodeAffinityBuilder()
        .withNewRequired()
        .addNewNodeSelectorTerm()
        .addNewMatchExpression()
        .withKey("kubernetes.io/hostname")
        .withOperator("In")
        .withValues(node)
        .endMatchExpression()
        .endNodeSelectorTerm()
        .endRequired()
        .build();
  }

  /** Volumes belong to no namespace, so they do not go with it. */
  void deleteVolumes() {
    client().persistentVolumes().list().getItems().stream()
        .filter(each -> each.getSpec().getClaimRef() != null)
        .filter(each -> namespace.equals(each.getSpec().getClaimRef().getNamespace()))
        .forEach(each -> client().resource(each).delete());
  }
}
