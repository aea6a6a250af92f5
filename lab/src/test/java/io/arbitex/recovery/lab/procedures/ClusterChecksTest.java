package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.kubernetes.AlembicHead;
import io.arbitex.recovery.checks.kubernetes.MountCheck;
import io.arbitex.recovery.checks.kubernetes.RestartCounts;
import io.arbitex.recovery.checks.kubernetes.SmokeCheck;
import io.arbitex.recovery.checks.kubernetes.WorkloadCheck;
import io.arbitex.recovery.configuration.SmokeTest;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.CheckStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
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
    return deploy(cluster.namespace(), List.of(), command);
  }

  /**
   * @param claims each mounted at a folder of its name
   */
  private static String deploy(String namespace, List<String> claims, String... command) {
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
                .withVolumeMounts(
                    claims.stream()
                        .map(
                            each ->
                                new VolumeMountBuilder()
                                    .withName(each)
                                    .withMountPath("/mnt/" + each)
                                    .build())
                        .toList())
                .endContainer()
                .withVolumes(
                    claims.stream()
                        .map(
                            each ->
                                new VolumeBuilder()
                                    .withName(each)
                                    .withNewPersistentVolumeClaim()
                                    .withClaimName(each)
                                    .endPersistentVolumeClaim()
                                    .build())
                        .toList())
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

  @Test
  void aVolumeIsSeenInThePodsThatMountItAndOneThatIsNotFails() throws Exception {
    String namespace = cluster.namespace();
    for (String claim : List.of("used", "unused")) {
      cluster
          .client()
          .persistentVolumeClaims()
          .inNamespace(namespace)
          .resource(
              new PersistentVolumeClaimBuilder()
                  .withNewMetadata()
                  .withName(claim)
                  .endMetadata()
                  .withNewSpec()
                  .withStorageClassName("default")
                  .withAccessModes("ReadWriteOnce")
                  .withNewResources()
                  .withRequests(Map.of("storage", new Quantity("1Gi")))
                  .endResources()
                  .endSpec()
                  .build())
          .create();
    }
    deploy(
        namespace,
        List.of("used"),
        "/bin/sh",
        "-c",
        "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    assertThat(workloads(namespace).rollout(APP, Duration.ofSeconds(20)).passed()).isTrue();
    assertThat(mounted(namespace, "used").status()).isEqualTo(CheckStatus.PASS);
    assertThat(mounted(namespace, "unused").measured()).contains("does not mount the claim");
    assertThat(mounted(namespace, "other").measured()).contains("there is no claim other");
    String volume =
        cluster
            .client()
            .persistentVolumeClaims()
            .inNamespace(namespace)
            .withName("used")
            .get()
            .getSpec()
            .getVolumeName();
    cluster
        .client()
        .persistentVolumes()
        .withName(volume)
        .edit(
            read ->
                new PersistentVolumeBuilder(read)
                    .editMetadata()
                    .withFinalizers()
                    .endMetadata()
                    .build());
    cluster.client().persistentVolumes().withName(volume).delete();
    until(
        "the volume is gone",
        () -> cluster.client().persistentVolumes().withName(volume).get() == null);
    CheckResult lost = mounted(namespace, "used");
    assertThat(lost.status()).isEqualTo(CheckStatus.FAIL);
  }

  private static CheckResult mounted(String namespace, String claim) throws InterruptedException {
    return new MountCheck(cluster.client(), namespace)
        .mounted(
            new Volume(
                claim,
                List.of(APP),
                "shell",
                List.of(),
                Duration.ofSeconds(5),
                new Volume.AzureDisks("s", "d"),
                0.9,
                Duration.ofMinutes(2)));
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

  private static CheckResult smoke(String namespace, String script, AlembicHead head)
      throws InterruptedException {
    return new SmokeCheck(cluster.client(), namespace)
        .run(
            new SmokeTest(
                "it",
                APP,
                Optional.empty(),
                List.of("sh", "-c", script),
                Duration.ofSeconds(2),
                true),
            head);
  }

  private static CheckResult smoke(String namespace, String script) throws InterruptedException {
    return smoke(namespace, script, AlembicHead.NONE_RESTORED);
  }

  private static AlembicHead head(String value) {
    return AlembicHead.restored(Optional.of(value));
  }

  @Test
  void aDeploymentThatRunsPasses() throws Exception {
    String namespace = running();
    CheckResult loop = loop(namespace);
    assertThat(loop.passed()).isTrue();
    assertThat(loop.measured()).isEqualTo("2 pods");
    CheckResult smoke = smoke(namespace, "echo head abc123", head("abc123"));
    assertThat(smoke.passed()).as(smoke.toString()).isTrue();
    assertThat(smoke.check()).isEqualTo("smoke:it");
    assertThat(smoke.expected()).contains("its output names abc123");
  }

  @Test
  void aCrashLoopFailsAndNamesThePod() throws Exception {
    String namespace = deploy("/bin/sh", "-c", "exit 3");
    until("it loops", () -> loop(namespace).measured().contains("CrashLoopBackOff"));
    assertThat(loop(namespace).status()).isEqualTo(CheckStatus.FAIL);
    assertThat(loop(namespace).measured()).contains("app-");
    assertThat(workloads(namespace).rollout(APP, AT_ONCE).status()).isEqualTo(CheckStatus.FAIL);
    // Between two crashes a pod is ready for a moment, and is gone before a test runs in it.
    until(
        "no pod is there to be asked",
        () -> smoke(namespace, "exit 0").measured().contains("no pod of deployment/app is ready"));
  }

  @Test
  void aSmokeTestWithoutAReadyPodFails() throws Exception {
    CheckResult smoke = smoke(cluster.namespace(), "exit 0");
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

  /** Review: what a test printed was published, with secrets in forms that no pattern knew. */
  @Test
  void aSmokeTestFailsByStatusByOutputAndByTimeAndTellsNothingThatItPrinted() throws Exception {
    String namespace = running();
    CheckResult status = smoke(namespace, "cat /proc/self/cmdline; echo hunter2; exit 4");
    assertThat(status.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(status.measured())
        .startsWith("exit status 4; to see what it prints: kubectl -n " + namespace + " exec app-")
        .endsWith(" -c main -- sh -c 'cat /proc/self/cmdline; echo hunter2; exit 4'");
    CheckResult secret = smoke(namespace, "printf '%s%s' hun ter2; exit 4");
    assertThat(secret.toString()).doesNotContain("hunter2");
    CheckResult output = smoke(namespace, "echo other", head("abc123"));
    assertThat(output.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(output.measured()).contains("does not name it");
    CheckResult late = smoke(namespace, "sleep 10");
    assertThat(late.status()).isEqualTo(CheckStatus.FAIL);
    assertThat(late.measured()).contains("no end within 2 s");
  }

  /** Review: every output names an empty head. */
  @Test
  void aHeadThatIsNotKnownIsNoProofAndNoneIsComparedWithoutADatabase() throws Exception {
    String namespace = running();
    assertThat(smoke(namespace, "echo abc123", head(" ")).status()).isEqualTo(CheckStatus.ERROR);
    AlembicHead unknown = AlembicHead.restored(Optional.empty());
    assertThat(smoke(namespace, "echo abc123", unknown.and(head("abc123"))).status())
        .as("what is not known of one database is not hidden by another")
        .isEqualTo(CheckStatus.ERROR);
    CheckResult without = smoke(namespace, "echo abc123");
    assertThat(without.passed()).isTrue();
    assertThat(without.expected()).contains("no Alembic head is compared");
  }

  /** Review: a container that had just been started again made a proof into an error. */
  @Test
  void aPodWhoseContainerIsNotThereJustNowIsNoError() throws Exception {
    String namespace = running();
    cluster.control().add(new Misbehaviour("create", "pods/exec", ".*", How.CUT, 1, 0, 0, 0));
    CheckResult smoke = smoke(namespace, "echo abc123", head("abc123"));
    assertThat(smoke.passed()).as(smoke.toString()).isTrue();
    cluster.control().add(new Misbehaviour("create", "pods/exec", ".*", How.CUT, 2, 0, 0, 0));
    CheckResult twice = smoke(namespace, "echo abc123", head("abc123"));
    assertThat(twice.status()).as(twice.toString()).isEqualTo(CheckStatus.ERROR);
    assertThat(smoke(namespace, "echo abc123", head("abc123")).passed())
        .as("it is tried twice and not more often")
        .isTrue();
  }

  @Test
  void whatHasPrintedAndWasCutIsNotRunAgain() throws Exception {
    String namespace = running();
    cluster.control().add(new Misbehaviour("create", "pods/exec", ".*", How.CUT, 1, 0, 0, 3));
    CheckResult cut = smoke(namespace, "echo much more than that");
    assertThat(cut.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(smoke(namespace, "exit 0").passed()).as("the rule was used up by one run").isTrue();
  }

  @Test
  void whatCannotBeAskedIsAnErrorAndNoProof() throws Exception {
    String namespace = running();
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 0));
    CheckResult forbidden = smoke(namespace, "exit 0");
    assertThat(forbidden.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(forbidden.measured())
        .contains("HTTP 403")
        .as("no address, no query")
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("command=");
    cluster.control().clearAll();
    cluster.control().add(Misbehaviour.of("get", "deployments", How.FORBIDDEN, 0));
    CheckResult refused = workloads(namespace).rollout(APP, AT_ONCE);
    assertThat(refused.status()).isEqualTo(CheckStatus.ERROR);
    assertThat(refused.measured()).contains("HTTP 403");
    assertThat(loop(namespace).status()).isEqualTo(CheckStatus.ERROR);
  }
}
