package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runbook types, typed by a client that knows nothing of the lab. */
class KubectlTest {
  private static final String WORLD =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: arbitex}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: arbitex-db-backup, namespace: arbitex, annotations: {latest-dump: a.dump}}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: arbitex-platform, namespace: arbitex}
      spec:
        replicas: 2
        selector: {matchLabels: {app: platform}}
        template:
          metadata: {labels: {app: platform}}
          spec:
            terminationGracePeriodSeconds: 2
            containers:
            - name: platform
              image: shell
              env: [{name: MODE, value: test}]
      """;

  @TempDir static Path folder;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "kubectl"))),
        "kubectl is not installed (Debian: kubernetes-client)");
    cluster = new TestCluster(folder);
    Path file = Files.writeString(folder.resolve("world.yaml"), WORLD);
    kubectl("apply", "-f", file.toString());
    kubectl("-n", "arbitex", "rollout", "status", "deployment/arbitex-platform", "--timeout=30s");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private record Output(int exit, String text) {}

  private static Output run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "kubectl", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
    // What kubectl keeps of a server's discovery must not outlive the server.
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("kubectl does not end: " + command);
    }
    return new Output(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
  }

  private static String kubectl(String... arguments) throws IOException, InterruptedException {
    Output output = run(arguments);
    assertThat(output.exit()).as("%s: %s", List.of(arguments), output.text()).isZero();
    return output.text();
  }

  private static String arbitex(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-n", "arbitex"));
    all.addAll(List.of(arguments));
    return kubectl(all.toArray(String[]::new));
  }

  @Test
  void looksAround() throws Exception {
    assertThat(kubectl("get", "nodes")).contains("lab-node-1", "Ready");
    assertThat(arbitex("get", "pods")).contains("1/1", "Running");
    assertThat(arbitex("get", "pvc")).contains("arbitex-db-backup", "Bound");
    assertThat(
            arbitex(
                "get",
                "pvc",
                "arbitex-db-backup",
                "-o",
                "jsonpath={.metadata.annotations.latest-dump}"))
        .isEqualTo("a.dump");
    assertThat(arbitex("describe", "deployment", "arbitex-platform")).contains("RollingUpdate");
    assertThat(arbitex("get", "all", "-o", "name")).contains("deployment.apps/arbitex-platform");
  }

  @Test
  void changesTheConnectionRestartsAndScales() throws Exception {
    arbitex("set", "env", "deployment/arbitex-platform", "DATABASE_URL=postgresql://x/y");
    arbitex("rollout", "status", "deployment/arbitex-platform", "--timeout=30s");
    arbitex("rollout", "restart", "deployment/arbitex-platform");
    arbitex("rollout", "status", "deployment/arbitex-platform", "--timeout=30s");
    assertThat(
            arbitex(
                "get",
                "deployment",
                "arbitex-platform",
                "-o",
                "jsonpath={.spec.template.spec.containers[0].env[*].name}"))
        .isEqualTo("MODE DATABASE_URL");
    arbitex("scale", "deployment/arbitex-platform", "--replicas=0");
    until("no pod is left", () -> arbitex("get", "pods", "-o", "name").isBlank());
    Output conflict =
        run(
            "-n",
            "arbitex",
            "scale",
            "deployment/arbitex-platform",
            "--replicas=1",
            "--current-replicas=5");
    assertThat(conflict.exit()).isNotZero();
    arbitex("scale", "deployment/arbitex-platform", "--replicas=2");
    arbitex("wait", "--for=condition=Available", "deployment/arbitex-platform", "--timeout=30s");
    kubectl("apply", "-f", folder.resolve("world.yaml").toString());
  }

  @Test
  void replacesAClaimAndReadsALog() throws Exception {
    Path claim =
        Files.writeString(
            folder.resolve("claim.yaml"),
            """
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: pv-by-hand}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              storageClassName: ""
              persistentVolumeReclaimPolicy: Retain
              csi: {driver: disk.csi.azure.com, volumeHandle: /disks/by-hand}
              claimRef: {name: by-hand, namespace: arbitex}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: by-hand, namespace: arbitex}
            spec:
              accessModes: [ReadWriteOnce]
              storageClassName: ""
              volumeName: pv-by-hand
              resources: {requests: {storage: 1Gi}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: talker, namespace: arbitex}
            spec:
              restartPolicy: Never
              containers:
              - {name: main, image: shell, command: [sh, -c, "echo one; echo two"]}
            """);
    kubectl("apply", "-f", claim.toString());
    until("it is bound", () -> arbitex("get", "pvc", "by-hand").contains("Bound"));
    until(
        "the pod has ended",
        () ->
            arbitex("get", "pod", "talker", "-o", "jsonpath={.status.phase}").equals("Succeeded"));
    assertThat(arbitex("logs", "talker", "--tail=1")).isEqualTo("two\n");
    arbitex("delete", "pod", "talker");
    arbitex("delete", "pvc", "by-hand");
    kubectl("delete", "pv", "pv-by-hand");
    assertThat(run("get", "pv", "pv-by-hand").exit()).isNotZero();
  }
}
