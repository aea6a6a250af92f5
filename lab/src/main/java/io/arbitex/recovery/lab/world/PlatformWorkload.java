package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.platform.AlembicCurrent;
import io.arbitex.recovery.lab.platform.BadRelease;
import io.arbitex.recovery.lab.platform.LabPlatform;
import io.arbitex.recovery.lab.platform.SmokeTests;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The platform as workloads of the cluster: two deployments of one image that write to the same
 * database, each behind a service, and the claims that the runbook names. Pods read their
 * connection from a Secret when they start.
 */
final class PlatformWorkload {
  static final String PLATFORM = "arbitex-platform";
  static final String CLOUD = "arbitex-cloud";
  static final List<String> DEPLOYMENTS = List.of(PLATFORM, CLOUD);
  static final String SECRET = "arbitex-secrets";
  static final String DATABASE_URL = "DATABASE_URL";
  static final String IMAGE = "arbitex-platform:1";

  /** A release whose migration damages the database: {@link BadRelease}. */
  static final String BAD_IMAGE = "arbitex-platform:2";

  /** Claims that the runbook names; here the first has the cached policies. */
  static final String DB_DATA = "arbitex-db-data";

  static final String AUDIT_BUFFER = "arbitex-audit-buffer";

  /** All of them. */
  static final List<String> CLAIMS = List.of(DB_DATA, AUDIT_BUFFER, "arbitex-db-backup");

  private static final String NODE_PORT = "NodePort";
  private static final int HEAP_MEGABYTES = 96;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The name of the pod, where the image's file is read. */
  private static final String POD = "$(POD_NAME)";

  private static final String NAMESPACE =
      """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: %s
      """
          .formatted(LabCluster.NAMESPACE);

  private static final String CLAIM =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: %s
        namespace: %s
      spec:
        storageClassName: managed-csi
        accessModes: [ReadWriteOnce]
        resources:
          requests: {storage: 1Gi}
      ---
      """;

  /** The database is not asked whether a pod lives: a restart would not bring it back. */
  private static final String DEPLOYMENT =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: %1$s
        namespace: %2$s
        labels: {app: %1$s, app.kubernetes.io/part-of: arbitex}
      spec:
        type: %8$s
        selector: {app: %1$s}
        ports:
        - {name: http, targetPort: http, %3$s}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: %1$s
        namespace: %2$s
        labels: {app: %1$s, app.kubernetes.io/part-of: arbitex}
      spec:
        replicas: %4$d
        selector:
          matchLabels: {app: %1$s}
        strategy:
          type: RollingUpdate
          rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
        template:
          metadata:
            labels: {app: %1$s, app.kubernetes.io/part-of: arbitex}
          spec:
            terminationGracePeriodSeconds: 5
            containers:
            - name: platform
              image: %5$s
              env:
              - {name: HOST, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
              - {name: PORT, value: "8000"}
              - {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: %6$s, key: DATABASE_URL}}}
              - {name: AUDIT_KEY, valueFrom: {secretKeyRef: {name: %6$s, key: AUDIT_KEY}}}
              - {name: ADMIN_TOKEN, valueFrom: {secretKeyRef: {name: %6$s, key: ADMIN_TOKEN}}}
              - name: REDIS_URL
                valueFrom: {secretKeyRef: {name: %6$s, key: REDIS_URL, optional: true}}
      %7$s        ports:
              - {name: http, containerPort: 8000}
              readinessProbe:
                httpGet: {path: /health, port: http}
                periodSeconds: 1
                timeoutSeconds: 3
      """;

  private static final String FOLDERS =
      """
              - {name: AUDIT_BUFFER, value: /var/lib/arbitex/audit-buffer}
              - {name: POLICY_CACHE, value: /var/lib/arbitex/db-data}
      """;

  private static final String MOUNTS =
      """
              volumeMounts:
              - {name: db-data, mountPath: /var/lib/arbitex/db-data}
              - {name: audit-buffer, mountPath: /var/lib/arbitex/audit-buffer}
              - {name: db-backup, mountPath: /backups}
            volumes:
            - {name: db-data, persistentVolumeClaim: {claimName: arbitex-db-data}}
            - {name: audit-buffer, persistentVolumeClaim: {claimName: arbitex-audit-buffer}}
            - {name: db-backup, persistentVolumeClaim: {claimName: arbitex-db-backup}}
      ---
      """;

  private PlatformWorkload() {}

  /** Its entry of the registry of images. */
  static String image(LabProcesses processes) throws JsonProcessingException {
    return """
      %s:
        command: %s
        programs:
          alembic: %s
          smoke: %s
    """
        .formatted(
            IMAGE,
            java(processes, POD, LabPlatform.class),
            java(processes, POD + "-alembic", AlembicCurrent.class),
            java(processes, POD + "-smoke", SmokeTests.class));
  }

  /** The entry of the bad release. */
  static String badImage(LabProcesses processes, LabFolder folder) throws JsonProcessingException {
    return """
      %s:
        command: %s
        environment:
          MIGRATION_USER: %s
          MIGRATION_PASSWORD_FILE: %s
        programs:
          alembic: %s
          smoke: %s
    """
        .formatted(
            BAD_IMAGE,
            java(processes, POD, BadRelease.class),
            PlatformDatabase.ADMIN,
            folder.secrets().resolve(LabPlan.PRIMARY + "-admin-password"),
            java(processes, POD + "-alembic", AlembicCurrent.class),
            java(processes, POD + "-smoke", SmokeTests.class));
  }

  private static String java(LabProcesses processes, String name, Class<?> main)
      throws JsonProcessingException {
    return JSON.writeValueAsString(
        processes.inSession(name, HEAP_MEGABYTES, main.getName(), List.of()));
  }

  /**
   * Applies it, from files as anybody would keep them: those with secrets for their owner only.
   *
   * @param secrets what the Secret holds, by key
   */
  static void apply(KubernetesClient client, LabPlan plan, Map<String, String> secrets)
      throws IOException {
    LabFolder folder = plan.folder();
    create(client, Files.writeString(folder.etc().resolve("namespace.yaml"), NAMESPACE));
    create(client, folder.secret(SECRET + ".yaml", secret(secrets)));
    StringBuilder manifest = new StringBuilder();
    // The disk of the dumps has no snapshots, and a cluster that is restored beside volumes with
    // snapshots has no other claims.
    boolean dumps = !(plan.options().managedCluster() && plan.options().volumes());
    for (String claim : dumps ? CLAIMS : List.of(DB_DATA, AUDIT_BUFFER)) {
      manifest.append(CLAIM.formatted(claim, LabCluster.NAMESPACE));
    }
    int port = plan.cluster().platform();
    manifest.append(
        plan.options().managedCluster()
            ? deployment(PLATFORM, "LoadBalancer", "port: " + port, 2, FOLDERS)
            : deployment(PLATFORM, NODE_PORT, nodePort(port), 2, FOLDERS));
    manifest.append(dumps ? MOUNTS : withoutDumps(MOUNTS));
    manifest.append(deployment(CLOUD, NODE_PORT, nodePort(plan.cluster().cloud()), 1, ""));
    create(client, Files.writeString(folder.etc().resolve("arbitex-platform.yaml"), manifest));
    if (plan.options().managedCluster()) {
      PlatformChart.write(plan, manifest.toString());
    }
  }

  private static String withoutDumps(String mounts) {
    return mounts
        .lines()
        .filter(line -> !line.contains("db-backup"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String nodePort(int port) {
    return "port: 80, nodePort: " + port;
  }

  private static String deployment(
      String name, String serviceType, String ports, int replicas, String folders) {
    return DEPLOYMENT.formatted(
        name, LabCluster.NAMESPACE, ports, replicas, IMAGE, SECRET, folders, serviceType);
  }

  private static String secret(Map<String, String> secrets) throws JsonProcessingException {
    return """
        apiVersion: v1
        kind: Secret
        metadata:
          name: %s
          namespace: %s
        stringData: %s
        """
        .formatted(SECRET, LabCluster.NAMESPACE, JSON.writeValueAsString(new TreeMap<>(secrets)));
  }

  private static void create(KubernetesClient client, Path manifest) throws IOException {
    client.load(new ByteArrayInputStream(Files.readAllBytes(manifest))).create();
  }

  /**
   * Waits until all pods of both deployments are ready.
   *
   * @param hint what to say besides when they do not get so
   */
  static void awaitReady(KubernetesClient client, Supplier<String> hint)
      throws InterruptedException {
    for (String name : DEPLOYMENTS) {
      Waiting.until(
          name + " getting ready",
          LIMIT,
          () -> {
            Deployment found =
                client.apps().deployments().inNamespace(LabCluster.NAMESPACE).withName(name).get();
            return found != null
                && found.getStatus() != null
                && found.getSpec().getReplicas().equals(found.getStatus().getReadyReplicas());
          },
          hint);
    }
  }
}
