package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.azure.resourcemanager.containerservice.fluent.ContainerServiceManagementClient;
import com.azure.resourcemanager.containerservice.fluent.ManagedClustersClient;
import com.azure.resourcemanager.containerservice.fluent.TrustedAccessRoleBindingsClient;
import com.azure.resourcemanager.containerservice.fluent.models.ManagedClusterInner;
import com.azure.resourcemanager.containerservice.fluent.models.TrustedAccessRoleBindingInner;
import com.azure.resourcemanager.containerservice.models.AgentPoolMode;
import com.azure.resourcemanager.containerservice.models.ManagedClusterAgentPoolProfile;
import io.arbitex.recovery.lab.world.PostgresTools;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The lab's Azure as a process, with a cluster that is in use, aks-prod, and an empty one, aks-dr;
 * aks-other is known and does not answer.
 */
final class TwoClusters implements AutoCloseable {
  static final String BINDING = "vault";

  private static final String IMAGES =
      """
      images:
        shell:
          command: [/bin/sleep, "600"]
      """;
  private static final String WORLD =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Namespace
        metadata: {name: arbitex, labels: {team: platform}}
      - apiVersion: v1
        kind: ServiceAccount
        metadata: {name: platform, namespace: arbitex}
      - apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: arbitex, labels: {tier: config}}
        data: {tenants: "12"}
      - apiVersion: v1
        kind: Secret
        metadata: {name: database, namespace: arbitex}
        data: {url: cGc6Ly9kYg==}
      - apiVersion: v1
        kind: Secret
        metadata: {name: audit, namespace: arbitex}
        data: {key: c2VjcmV0}
      - apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: arbitex}
        spec:
          storageClassName: default
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
      - apiVersion: v1
        kind: Service
        metadata: {name: platform, namespace: arbitex}
        spec:
          selector: {app: platform}
          ports: [{port: 80}]
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: platform, namespace: arbitex}
        spec:
          replicas: 1
          selector: {matchLabels: {app: platform}}
          template:
            metadata: {labels: {app: platform}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: platform
                image: shell
                volumeMounts: [{name: data, mountPath: /data}]
              volumes:
              - name: data
                persistentVolumeClaim: {claimName: data}
      - apiVersion: batch/v1
        kind: CronJob
        metadata: {name: backup, namespace: arbitex}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: backup, image: shell}]
      """;

  private final Path folder;
  private final int port;
  private final int controlPort;
  private final Path other;
  private final ContainerServiceManagementClient service;
  private Process process;
  private KubernetesClient source;
  private KubernetesClient target;

  TwoClusters() throws Exception {
    folder = TestAzure.folder();
    port = TestAzure.freePort();
    controlPort = TestAzure.freePort();
    other = folder.resolve("other-kubeconfig");
    service = AzureClients.containerService(address()).serviceClient();
    Files.writeString(folder.resolve("images.yaml"), IMAGES);
    try {
      start();
      var prod = clusters().beginCreateOrUpdate(GROUP, "aks-prod", cluster());
      clusters().createOrUpdate(GROUP, "aks-dr", cluster());
      prod.waitForCompletion();
      source = client("aks-prod");
      target = client("aks-dr");
      killOther();
      fill();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  void start() throws IOException, InterruptedException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LabAzure.class.getName(),
                "--port=" + port,
                "--control-port=" + controlPort,
                "--postgresql=" + PostgresTools.find(),
                "--resource-group=" + GROUP,
                "--resource-group=rg-dr",
                "--cluster=" + GROUP + "/aks-other=" + other,
                "--cluster-image-file=" + folder.resolve("images.yaml"),
                "--disks-folder=" + folder.resolve("disks"),
                "--state-folder=" + folder.resolve("state"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("azure.log").toFile()))
            .start();
    until(
        "it answers",
        () -> {
          control().clearAll();
          return true;
        });
  }

  private static ManagedClusterInner cluster() {
    return new ManagedClusterInner()
        .withLocation("westeurope")
        .withDnsPrefix("aks")
        .withAgentPoolProfiles(
            List.of(
                new ManagedClusterAgentPoolProfile()
                    .withName("sys")
                    .withMode(AgentPoolMode.SYSTEM)
                    .withCount(1)));
  }

  private void fill() throws Exception {
    source.load(new ByteArrayInputStream(WORLD.getBytes(StandardCharsets.UTF_8))).create();
    until("the claim is bound", () -> Files.isDirectory(volumeOf(source, "arbitex")));
    Files.writeString(volumeOf(source, "arbitex").resolve("audit.log"), "first");
  }

  /** The folder of the volume of claim data. */
  Path volumeOf(KubernetesClient client, String namespace) {
    PersistentVolumeClaim claim =
        client.persistentVolumeClaims().inNamespace(namespace).withName("data").get();
    String handle =
        client
            .persistentVolumes()
            .withName(claim.getSpec().getVolumeName())
            .get()
            .getSpec()
            .getCsi()
            .getVolumeHandle();
    return folder.resolve("disks").resolve(handle.substring(handle.lastIndexOf('/') + 1));
  }

  private String kubeconfig(String cluster) {
    byte[] file =
        clusters().listClusterAdminCredentials(GROUP, cluster).kubeconfigs().get(0).value();
    return new String(file, StandardCharsets.UTF_8);
  }

  private KubernetesClient client(String cluster) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig(cluster)))
        .build();
  }

  KubernetesClient source() {
    return source;
  }

  KubernetesClient target() {
    return target;
  }

  /** Of the target. */
  List<String> namespaces() {
    return target.namespaces().list().getItems().stream()
        .map(each -> each.getMetadata().getName())
        .toList();
  }

  void makeNamespace(String name) {
    target
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** Lets aks-other answer: it is aks-dr by another name. */
  void reviveOther() throws Exception {
    Files.writeString(other, kubeconfig("aks-dr"));
  }

  /** Nobody listens where aks-other is said to be. */
  void killOther() throws Exception {
    Files.writeString(
        other,
        kubeconfig("aks-dr")
            .replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + TestAzure.freePort()));
  }

  void letIn(String cluster, String vault) {
    bindings()
        .createOrUpdate(
            GROUP,
            cluster,
            BINDING,
            new TrustedAccessRoleBindingInner()
                .withSourceResourceId(vault)
                .withRoles(List.of("Microsoft.DataProtection/backupVaults/backup-operator")));
  }

  ManagedClustersClient clusters() {
    return service.getManagedClusters();
  }

  TrustedAccessRoleBindingsClient bindings() {
    return service.getTrustedAccessRoleBindings();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  AzureControl control() {
    return new AzureControl(URI.create("http://127.0.0.1:" + controlPort));
  }

  Path folder() {
    return folder;
  }

  /** kill -9 of the lab's Azure; its clusters live on. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    if (source != null) {
      source.close();
    }
    if (target != null) {
      target.close();
    }
    try {
      endProcess();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    TestAzure.delete(folder);
  }

  private void endProcess() throws IOException, InterruptedException {
    if (process == null) {
      return;
    }
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    // A lab that was killed has ended no cluster.
    for (ProcessHandle each : ProcessHandle.allProcesses().filter(this::isCluster).toList()) {
      each.destroy();
      each.onExit().join();
    }
  }

  private boolean isCluster(ProcessHandle each) {
    try {
      return Files.readString(Path.of("/proc/" + each.pid() + "/cmdline"), ISO_8859_1)
          .contains("--state-folder=" + folder);
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }
}
