package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.azure.AzureAccess;
import io.arbitex.recovery.executors.azure.ResourceManager;
import io.arbitex.recovery.executors.clusters.ClusterCutover;
import io.arbitex.recovery.executors.clusters.ClusterProcedure;
import io.arbitex.recovery.executors.clusters.ClusterRebuild;
import io.arbitex.recovery.executors.clusters.ClusterTarget;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.lab.azure.BackupCloud;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Worker;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A platform in a cluster that is backed up, and the executors' procedure for it. */
final class ClusterWorld implements AutoCloseable {
  static final String NAMESPACE = "arbitex";
  static final String URL = "postgresql://app:of-the-vault@db.example:5432/arbitex";

  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Namespace
        metadata: {name: arbitex}
      - apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: arbitex}
        data: {tenants: "12"}
      - apiVersion: v1
        kind: Secret
        metadata: {name: arbitex-secrets, namespace: arbitex}
        data: {DATABASE_URL: b2xk, REGION: ZXU=}
      - apiVersion: v1
        kind: Secret
        metadata: {name: certificate, namespace: arbitex}
        data: {key: c2VjcmV0}
      - apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: arbitex-audit-buffer, namespace: arbitex}
        spec:
          storageClassName: default
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
      - apiVersion: v1
        kind: Service
        metadata: {name: arbitex-platform, namespace: arbitex}
        spec:
          type: LoadBalancer
          selector: {app: arbitex-platform}
          ports: [{port: 8080, targetPort: 8080}]
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: arbitex-platform, namespace: arbitex}
        spec:
          replicas: 2
          selector: {matchLabels: {app: arbitex-platform}}
          template:
            metadata: {labels: {app: arbitex-platform}}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: platform, image: shell}]
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: arbitex-buffer, namespace: arbitex}
        spec:
          replicas: 1
          selector: {matchLabels: {app: arbitex-buffer}}
          template:
            metadata: {labels: {app: arbitex-buffer}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: buffer
                image: shell
                volumeMounts: [{name: data, mountPath: /data}]
              volumes:
              - name: data
                persistentVolumeClaim: {claimName: arbitex-audit-buffer}
      - apiVersion: batch/v1
        kind: CronJob
        metadata: {name: arbitex-report, namespace: arbitex}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: report, image: shell}]
      """;

  /** Pods of it. */
  static final int PODS = 3;

  final BackupCloud cloud;
  private final Path folder;
  private int attempts;
  String health = "http://127.0.0.1:1/health";
  String auditKey = "audit-key";
  String writers = "deployment/arbitex-platform";
  Instant badSince = Instant.now();
  private final String helm;
  private int incident = 1;

  /** What is known of the cluster's binding. */
  Optional<Bound> bound = Optional.empty();

  ClusterWorld(Path folder) throws Exception {
    this.folder = folder;
    this.helm = PlatformChart.write(folder);
    this.cloud = new BackupCloud(OBJECTS);
    cloud.putSecret("DATABASE-URL", URL);
    cloud.putSecret("audit-key", "of the chain");
    cloud.awaitPods(BackupCloud.SOURCE, PODS);
  }

  /** The way to the old cluster's API is cut; its pods live on. */
  void cutOff() throws IOException {
    Files.writeString(folder.resolve("kubeconfig"), cloud.deadKubeconfig(BackupCloud.SOURCE));
  }

  void reconnect() throws IOException {
    Files.writeString(folder.resolve("kubeconfig"), cloud.kubeconfig(BackupCloud.SOURCE));
  }

  /** The kubeconfig leads to another cluster than the inventory's name. */
  void watchAnother() throws IOException {
    watch(BackupCloud.STANDBY);
  }

  /** The way to a cluster's API, which is cut. */
  void watch(String cluster) throws IOException {
    Files.writeString(folder.resolve("kubeconfig"), cloud.deadKubeconfig(cluster));
  }

  /** As an incident finds it: it runs, and nobody reaches it. */
  void oldClusterRuns() throws Exception {
    incident++;
    if (cloud.power(BackupCloud.SOURCE).equals("Stopped")) {
      cloud.start(BackupCloud.SOURCE);
    }
    cloud.setTags(BackupCloud.SOURCE, Map.of("team", "platform"));
    cloud.awaitPods(BackupCloud.SOURCE, PODS);
    cutOff();
  }

  String incident() {
    return "inc-" + incident;
  }

  /** As an earlier cutover leaves it. */
  void oldClusterIsStopped() throws Exception {
    cutOff();
    cloud.setTags(
        BackupCloud.SOURCE,
        Map.of(
            "recovery-stopped-by",
            "inc-" + incident + "/cluster.cutover/0",
            "recovery-incident",
            "inc-" + incident));
    if (cloud.power(BackupCloud.SOURCE).equals("Running")) {
      cloud.stop(BackupCloud.SOURCE);
    }
  }

  Inventory inventory(boolean standby) throws Exception {
    return Inventory.parse(
        "platform.yaml",
        folder,
        """
        platforms:
          - name: eu-1
            observers: [a]
            endpoints: {health: ["%s"], adminToken: env:A, auditKey: env:A}
            kubernetes: {kubeconfig: "file:kubeconfig", namespace: arbitex, writers: [%s]}
            azure: %s
            components:
              - {name: public-health, kind: endpoint, procedures: []}
              - name: audit-buffer
                kind: pvc
                procedures: [pvc.snapshot]
                volume:
                  claim: arbitex-audit-buffer
                  workloads: [deployment/arbitex-buffer]
                  helperImage: shell
                  azure: {snapshots: rg-dr, disks: rg-dr}
              - name: cluster
                kind: aks
                procedures: [aks.backup, aks.rebuild]
                cluster:
                  name: aks-prod
                  resourceGroup: %s
                  nodes: 1
                  like: {location: westeurope, vmSize: Standard_D4s_v5}
                  backup: {%s%s}
                  helm: %s
                  secrets:
                    - name: arbitex-secrets
                      url: "%s"
                      keys: {DATABASE_URL: DATABASE-URL, AUDIT_KEY: %s}
                  address: {service: arbitex/arbitex-platform, dns: %s}
        """
            .formatted(
                health,
                writers,
                cloud.platform(),
                BackupCloud.GROUP,
                cloud.backup(),
                standby ? ", standby: " + BackupCloud.STANDBY : "",
                helm,
                cloud.keyVault(),
                auditKey,
                cloud.dns()));
  }

  ProcedureBench bench(boolean standby) throws Exception {
    return new ProcedureBench(
        new Procedures(
            inventory(standby),
            Policy.parse("runbook.yaml", folder, "version: 1\n"),
            (platform, component) -> bound,
            Clock.systemUTC()));
  }

  /** One that soon gives up to wait for what does not come. */
  ProcedureBench impatientBench() throws Exception {
    Inventory.Platform platform = inventory(false).platform("eu-1").orElseThrow();
    Cluster cluster = platform.component("cluster").flatMap(it -> it.cluster()).orElseThrow();
    AzureAccess access = AzureAccess.open(platform.azure().orElseThrow());
    ClusterTarget target =
        new ClusterTarget(
            platform,
            cluster,
            cluster.backup(),
            () -> bound,
            context -> new ResourceManager(access.within(context::remaining)),
            Duration.ofSeconds(2),
            Duration.ofSeconds(6));
    return new ProcedureBench(
        command ->
            Optional.of(
                command.getProcedure().equals(ClusterCutover.NAME)
                    ? ClusterCutover.of(target)
                    : ClusterProcedure.of(target)));
  }

  /** An attempt to restore. */
  StepCommand restore(Map<String, String> more) {
    return command("restore", ClusterProcedure.NAME, Worker.AKS.id(), more);
  }

  /** An attempt to make a new cluster with the platform's chart in it. */
  StepCommand rebuild() {
    return command("restore", ClusterRebuild.NAME, Worker.AKS.id(), Map.of());
  }

  /** An attempt to cut over to what a restore has left. */
  StepCommand cutover(Map<String, String> restored) {
    return command("cutover", ClusterCutover.NAME, Worker.CUTOVER.id(), restored);
  }

  private StepCommand command(
      String step, String procedure, String worker, Map<String, String> more) {
    Instant now = Times.now(Clock.systemUTC());
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("bad-since", badSince.toString());
    parameters.put("symptom", "UNREACHABLE");
    parameters.put("source-resource", BackupCloud.SOURCE);
    parameters.put("source-epoch", "0");
    // Asking the old cluster's dead API takes seconds; few tests do.
    parameters.put("source-may-live", "true");
    parameters.putAll(more);
    attempts++;
    return StepCommand.newBuilder()
        .setCommandId("inc-" + incident + "/cluster." + step + "/" + attempts)
        .setIncidentId("inc-" + incident)
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("cluster." + step)
        .setComponent("cluster")
        .setProcedure(procedure)
        .setWorker(worker)
        .setAttempt(attempts)
        .setSeverity(Severity.P0)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plus(10, ChronoUnit.MINUTES))
        .setParameters(Facts.of(parameters))
        .build();
  }

  /** Takes away what a test has left. */
  void clear() throws Exception {
    cloud.control().clearAll();
    health = "http://127.0.0.1:1/health";
    auditKey = "audit-key";
    writers = "deployment/arbitex-platform";
    for (String each : List.copyOf(cloud.made())) {
      cloud.delete(each);
    }
    if (cloud.power(BackupCloud.STANDBY).equals("Stopped")) {
      cloud.start(BackupCloud.STANDBY);
    }
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      client.namespaces().withName(NAMESPACE).delete();
      until("it is empty", () -> client.namespaces().withName(NAMESPACE).get() == null);
    }
    cloud.setTags(BackupCloud.STANDBY, Map.of());
  }

  @Override
  public void close() throws IOException {
    cloud.close();
  }
}
