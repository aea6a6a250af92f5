package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.RestartCounts;
import io.arbitex.recovery.checks.kubernetes.SmokeCheck;
import io.arbitex.recovery.checks.kubernetes.WorkloadCheck;
import io.arbitex.recovery.configuration.SmokeTest;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.CheckStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verifier proves in a cluster. */
class ClusterChecksTest {
  private static final Workload APP = Workload.of("deployment/app");
  private static final Duration AT_ONCE = Duration.ZERO;

  @TempDir static Path folder;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterEach
  void clear() throws Exception {
    cluster.control().clearAll();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String deploy(String... command) {
    String namespace = cluster.namespace();
    cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("app")
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withNewSelector()
                .withMatchLabels(Map.of("app", "app"))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "app"))
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage("shell")
                .withCommand(command)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
    return namespace;
  }

  private static String running() throws Exception {
    String namespace =
        deploy("/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    assertThat(workloads(namespace).rollout(APP, Duration.ofSeconds(20)).passed()).isTrue();
    return namespace;
  }

  private static WorkloadCheck workloads(String namespace) {
    return new WorkloadCheck(cluster.client(), namespace);
  }

  private static RestartCounts restarts(String namespace) {
    return workloads(namespace).restarts(List.of(APP));
  }

  /** Only what stands still at the end counts: nothing was noted before. */
  private static CheckResult loop(String namespace) {
    return workloads(namespace).noCrashLoop(List.of(APP), restarts(namespace));
  }

  private static CheckResult smoke(String namespace, String script, Optional<String> mustPrint)
      throws InterruptedException {
    return new SmokeCheck(cluster.client(), namespace)
        .run(
            new SmokeTest(
                "it",
                APP,
                Optional.empty(),
                List.of("sh", "-c", script),
                Duration.ofSeconds(2),
                mustPrint.isPresent()),
            mustPrint);
  }

  @Test
  void aDeploymentThatRunsPasses() throws Exception {
    String namespace = running();
    CheckResult loop = loop(namespace);
    assertThat(loop.passed()).isTrue();
    assertThat(loop.measured()).isEqualTo("2 pods");
    CheckResult smoke = smoke(namespace, "echo head abc123", Optional.of("abc123"));
    assertThat(smoke.passed()).as(smoke.toString()).isTrue();
    assertThat(smoke.check()).isEqualTo("smoke:it");
  }

  @Test
  void aCrashLoopFailsAndNamesThePod() throws Exception {
    String namespace = deploy("/bin/sh", "-c", "exit 3");
    until("it loops", () -> !loop(namespace).passed());
    assertThat(loop(namespace).measured())
        .contains("app-")
        .contains("CrashLoopBackOff");
    assertThat(workloads(namespace).rollout(APP, AT_ONCE).status()).isEqualTo(CheckStatus.FAIL);
    CheckResult smoke = smoke(namespace, "exit 0", Optional.empty());
    assertThat(smoke.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(smoke.measured()).contains("no pod of deployment/app is ready");
  }

  /** Review: between two crashes a container runs, and one look took it for sound. */
  @Test
  void aContainerThatCrashedBetweenTwoLooksWasTakenForSound() throws Exception {
    String namespace = deploy("/bin/sh", "-c", "sleep 1; exit 3");
    RestartCounts before = restarts(namespace);
    until(
        "one was started again",
        () -> restarts(namespace).counts().values().stream().anyMatch(restarts -> restarts > 0));
    CheckResult loop = workloads(namespace).noCrashLoop(List.of(APP), before);
    assertThat(loop.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(loop.measured()).contains("app-").contains("/main: started again");
  }

  @Test
  void restartsThatWereNotKnownAtTheBeginningProveNothing() throws Exception {
    String namespace = running();
    cluster.control().add(Misbehaviour.of("list", "pods", How.FORBIDDEN, 0));
    RestartCounts before = restarts(namespace);
    cluster.control().clearAll();
    CheckResult loop = workloads(namespace).noCrashLoop(List.of(APP), before);
    assertThat(loop.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(loop.measured()).contains("HTTP 403");
  }

  @Test
  void aDeploymentThatIsNotThereFails() throws Exception {
    CheckResult missing = workloads(cluster.namespace()).rollout(APP, AT_ONCE);
    assertThat(missing.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(missing.measured()).isEqualTo("there is none");
  }

  @Test
  void aSmokeTestFailsByStatusByOutputAndByTimeAndTellsNoSecret() throws Exception {
    String namespace = running();
    CheckResult status =
        smoke(
            namespace,
            "echo 'cannot reach postgresql://app:hunter2@db/arbitex token=abc'; exit 4",
            Optional.empty());
    assertThat(status.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(status.measured())
        .contains("exit status 4")
        .contains("cannot reach postgresql://***@db/arbitex")
        .doesNotContain("hunter2")
        .doesNotContain("abc");
    CheckResult output = smoke(namespace, "echo other", Optional.of("abc123"));
    assertThat(output.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(output.measured()).contains("does not name it");
    CheckResult late = smoke(namespace, "sleep 10", Optional.empty());
    assertThat(late.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(late.measured()).contains("no end within 2 s");
  }

  @Test
  void whatCannotBeAskedIsAnErrorAndNoProof() throws Exception {
    String namespace = running();
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 0));
    assertThat(smoke(namespace, "exit 0", Optional.empty()).status()).isEqualTo(CheckStatus.ERROR);
    cluster.control().clearAll();
    cluster.control().add(new Misbehaviour("create", "pods/exec", ".*", How.CUT, 1, 0, 0, 3));
    assertThat(smoke(namespace, "echo much more than that", Optional.empty()).status())
        .isEqualTo(CheckStatus.ERROR);
    cluster.control().add(Misbehaviour.of("get", "deployments", How.FORBIDDEN, 0));
    CheckResult refused = workloads(namespace).rollout(APP, AT_ONCE);
    assertThat(refused.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(refused.measured()).contains("HTTP 403");
    assertThat(loop(namespace).status())
        .isEqualTo(CheckStatus.ERROR);
  }
}
