package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.BackupCloud;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code aks.backup}: a cluster that nobody reaches, restored into another one. */
class ClusterRestoreTest {
  private static final String RESTORE = "backupVaults/backupInstances/restore";
  private static final String STANDBY_KEEPS =
      "aks-standby keeps its backup extension and the vault's trusted access";
  private static final String POINTS = "backupVaults/backupInstances/recoveryPoints";

  @TempDir static Path folder;
  private static ClusterWorld world;
  private static BackupCloud cloud;
  private static String older;
  private static String newer;
  private static String damaged;
  private static String lost;

  @BeforeAll
  static void start() throws Exception {
    world = new ClusterWorld(folder);
    cloud = world.cloud;
    older = cloud.backUp();
    newer = cloud.backUp();
    world.badSince = Instant.now();
    damaged = cloud.backUp();
    cloud.control().damage(damaged);
    lost = cloud.backUp();
    cloud.control().lose(lost);
  }

  @AfterEach
  void clear() throws Exception {
    world.clear();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  private static StepError failure(boolean standby, Map<String, String> more) throws Exception {
    return failure(world.bench(standby), more);
  }

  private static StepError failure(ProcedureBench bench, Map<String, String> more)
      throws Exception {
    Next.Finished end = bench.run(world.restore(more));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.FAILED);
    return end.error().orElseThrow();
  }

  private static Map<String, String> done(ProcedureBench bench, Map<String, String> more)
      throws Exception {
    Next.Finished end = bench.run(world.restore(more));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    return bench.factsOfEnd();
  }

  private static void goesWrong(String method, String resource, How how, int times)
      throws Exception {
    cloud.control().add(Misbehaviour.of(method, resource, how, times));
  }

  private static void assertNothingIsLeft() {
    assertThat(cloud.made()).isEmpty();
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      assertThat(client.namespaces().withName(ClusterWorld.NAMESPACE).get()).isNull();
    }
    assertThat(cloud.tags(BackupCloud.STANDBY)).doesNotContainKey("recovery-command");
  }

  private static void assertRestored(String cluster) {
    try (KubernetesClient client = cloud.client(cluster)) {
      assertThat(client.configMaps().inNamespace(ClusterWorld.NAMESPACE).withName("settings").get())
          .satisfies(it -> assertThat(it.getData()).containsEntry("tenants", "12"));
      assertThat(client.services().inNamespace(ClusterWorld.NAMESPACE).list().getItems())
          .hasSize(1);
      assertThat(client.batch().v1().cronjobs().inNamespace(ClusterWorld.NAMESPACE).list())
          .satisfies(it -> assertThat(it.getItems()).hasSize(1));
      assertThat(
              client
                  .apps()
                  .deployments()
                  .inNamespace(ClusterWorld.NAMESPACE)
                  .withName("arbitex-platform")
                  .get()
                  .getSpec()
                  .getReplicas())
          .isEqualTo(2);
      assertThat(cloud.pods(cluster)).as("nothing runs before the cutover").isEmpty();
      assertThat(
              client
                  .secrets()
                  .inNamespace(ClusterWorld.NAMESPACE)
                  .withName("arbitex-secrets")
                  .get())
          .satisfies(
              it ->
                  assertThat(it.getData())
                      .containsEntry("DATABASE_URL", base64(ClusterWorld.URL))
                      .containsKey("AUDIT_KEY")
                      .as("what the vault does not have stays")
                      .containsEntry("REGION", base64("eu")));
      assertThat(client.secrets().inNamespace(ClusterWorld.NAMESPACE).withName("certificate").get())
          .isNotNull();
      assertThat(
              client.persistentVolumeClaims().inNamespace(ClusterWorld.NAMESPACE).list().getItems())
          .as("claims are restored by the steps of the volumes")
          .isEmpty();
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theNewestPointComesBackInANewClusterAndNothingRunsThereYet() throws Exception {
    world.oldClusterRuns();
    List<ProcessHandle> pods = cloud.pods(BackupCloud.SOURCE);
    assertThat(pods).hasSize(ClusterWorld.PODS);
    ProcedureBench bench = world.bench(false);
    Map<String, String> facts = done(bench, Map.of("source-may-live", "false"));
    assertOldIsUntouched();
    assertThat(pods).allMatch(ProcessHandle::isAlive);
    assertThat(facts)
        .containsEntry("restore-point", newer)
        .containsEntry("cluster-origin", "made")
        .containsEntry("restored-group", BackupCloud.GROUP)
        .containsEntry("secrets-written", "arbitex-secrets=2")
        .containsEntry("waits-for-claims", "deployment/arbitex-buffer")
        .containsEntry("ready-nodes", "1")
        .containsEntry("restore-job-status", "Completed")
        .containsKeys("restore-point-taken-at", "loss-seconds", "restored-objects");
    assertThat(cloud.made()).containsExactly(facts.get("cluster"));
    assertThat(cloud.tags(facts.get("cluster"))).containsKey("recovery-command");
    assertRestored(facts.get("cluster"));
    assertThat(cloud.extensionSettings(facts.get("cluster")).toString()).contains("backups");
    String said = bench.events + " " + bench.lines + " " + bench.entries;
    assertThat(said).doesNotContain("of-the-vault").doesNotContain(base64(ClusterWorld.URL));
  }

  private static void assertOldIsUntouched() {
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(cloud.tags(BackupCloud.SOURCE)).containsOnlyKeys("team");
  }

  @Test
  void theStandbyIsTakenAndWhatIsMissingInItIsMended() throws Exception {
    world.oldClusterIsStopped();
    cloud.stop(BackupCloud.STANDBY);
    Map<String, String> facts = done(world.bench(true), Map.of());
    assertThat(facts)
        .containsEntry("cluster", BackupCloud.STANDBY)
        .containsEntry("cluster-origin", "standby");
    assertThat(cloud.made()).isEmpty();
    assertThat(cloud.trusted(BackupCloud.STANDBY)).hasSize(1);
    assertRestored(BackupCloud.STANDBY);
  }

  @Test
  void deadAtEveryStepItMakesOneClusterAndOrdersOneRestore() throws Exception {
    world.oldClusterRuns();
    long clusters = cloud.ordered(Operation.Kind.MAKE_CLUSTER);
    ProcedureBench bench = world.impatientBench();
    bench.crashOnceAroundEveryFact();
    Map<String, String> facts = done(bench, Map.of());
    assertThat(bench.crashes()).hasSizeGreaterThan(60);
    assertThat(cloud.made()).containsExactly(facts.get("cluster"));
    assertThat(cloud.ordered(Operation.Kind.MAKE_CLUSTER) - clusters).isEqualTo(1);
    assertThat(cloud.restores(facts.get("cluster"))).isEqualTo(1);
    assertRestored(facts.get("cluster"));
  }

  @Test
  void anOldClusterThatAnswersAgainIsNotTouched() throws Exception {
    world.oldClusterRuns();
    world.reconnect();
    assertThat(failure(false, Map.of("source-may-live", "false")).getCode())
        .isEqualTo(FailureCode.SOURCE_SOUND);
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(cloud.tags(BackupCloud.SOURCE)).containsOnlyKeys("team");
    world.cutOff();
    HttpServer health =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    health.createContext("/health", exchange -> exchange.sendResponseHeaders(200, -1));
    health.start();
    try {
      world.health = "http://127.0.0.1:%d/health".formatted(health.getAddress().getPort());
      StepError error = failure(false, Map.of("source-may-live", "false"));
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("customers are served");
    } finally {
      health.stop(0);
    }
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(cloud.pods(BackupCloud.SOURCE)).hasSize(ClusterWorld.PODS);
    assertNothingIsLeft();
  }

  @Test
  void oneThatSomebodyStoppedOrThatAzureIsAtWorkOnIsLeftToThem() throws Exception {
    world.oldClusterIsStopped();
    cloud.setTags(BackupCloud.SOURCE, Map.of());
    StepError stopped = failure(true, Map.of());
    assertThat(stopped.getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(stopped.getMessage()).contains("somebody has stopped");
    cloud.control().add(Misbehaviour.wrongState("managedClusters", "aks-prod", "Upgrading"));
    StepError upgrading = failure(true, Map.of());
    assertThat(upgrading.getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(upgrading.getMessage()).contains("Upgrading");
  }

  @Test
  void aJobThatFailedIsOrderedOnceMoreAndThenThePointIsGivenUp() throws Exception {
    world.oldClusterIsStopped();
    goesWrong("POST", RESTORE, How.JOB_BREAKS_OFF, 1);
    ProcedureBench bench = world.bench(true);
    Map<String, String> facts =
        done(
            bench,
            Map.of(
                "bad-since",
                Instant.now().toString(),
                "exclude-restore-points",
                damaged + "," + lost));
    assertThat(facts).containsEntry("restore-point", newer);
    assertThat(facts.get("rejected")).contains(damaged + " failed before");
    assertThat(facts.get("failed-jobs")).isNotEmpty();
    assertRestored(BackupCloud.STANDBY);
    world.clear();
    goesWrong("POST", RESTORE, How.JOB_FAILS, 2);
    ProcedureBench second = world.bench(true);
    StepError error = failure(second, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("UserErrorBackupPluginPodRestartedDuringRestore");
    assertThat(second.factsOfEnd())
        .as("by which the next attempt takes an older one")
        .containsEntry("restore-point", newer)
        .containsEntry("left-on-standby", STANDBY_KEEPS);
    assertNothingIsLeft();
  }

  @Test
  void aPointThatIsDamagedOrGoneFailsAsOneForWhichAnOlderOneIsTaken() throws Exception {
    world.oldClusterIsStopped();
    Map<String, String> now = Map.of("bad-since", Instant.now().toString());
    ProcedureBench bench = world.bench(true);
    StepError error = failure(bench, now);
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("RecoveryPointUnavailable");
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", lost);
    ProcedureBench second = world.bench(true);
    error =
        failure(second, Map.of("bad-since", now.get("bad-since"), "exclude-restore-points", lost));
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("RecoveryPointCorrupted");
    assertThat(second.factsOfEnd()).containsEntry("restore-point", damaged);
    assertNothingIsLeft();
  }

  @Test
  void aRestoreThatSaysCompletedIsHeldAgainstItsContents() throws Exception {
    world.oldClusterIsStopped();
    goesWrong("POST", RESTORE, How.JOB_DOES_NOTHING, 1);
    StepError error = failure(true, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage()).contains("there is no workload at all");
    assertNothingIsLeft();
    goesWrong("POST", RESTORE, How.JOB_WARNS, 1);
    world.writers = "deployment/arbitex-platform, cronjob/arbitex-report";
    error = failure(true, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
    assertThat(error.getMessage())
        .contains("there is no cronjob/arbitex-report")
        .contains("the vault warned")
        .contains("CronJob arbitex/arbitex-report: it was refused");
    assertNothingIsLeft();
  }

  @Test
  void withoutAPointOrASecretNothingIsBegun() throws Exception {
    world.oldClusterRuns();
    StepError error = failure(true, Map.of("exclude-restore-points", newer + "," + older));
    assertThat(error.getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    assertThat(error.getMessage()).contains(newer + " failed before");
    goesWrong("GET", POINTS, How.LISTS_NOTHING, 0);
    assertThat(failure(true, Map.of()).getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    cloud.control().clearAll();
    cloud
        .control()
        .add(Misbehaviour.wrongState("backupVaults/backupInstances", ".*", "SoftDeleted"));
    assertThat(failure(true, Map.of()).getCode()).isEqualTo(FailureCode.NO_RESTORE_POINT);
    cloud.control().clearAll();
    world.auditKey = "nobody-has-put-it-there";
    error = failure(true, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("nobody-has-put-it-there");
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(cloud.tags(BackupCloud.SOURCE)).containsOnlyKeys("team");
  }

  @Test
  void aStandbyThatIsUsedOrTakenIsNobodysToTouch() throws Exception {
    world.oldClusterIsStopped();
    cloud.setTags(BackupCloud.STANDBY, Map.of("recovery-command", "inc-0/cluster.restore/1"));
    StepError error = failure(true, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("is taken by inc-0/cluster.restore/1");
    cloud.setTags(BackupCloud.STANDBY, Map.of());
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      client
          .namespaces()
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(ClusterWorld.NAMESPACE)
                  .endMetadata()
                  .build())
          .create();
      error = failure(true, Map.of());
      assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
      assertThat(error.getMessage()).contains("has a namespace arbitex already");
      assertThat(client.namespaces().withName(ClusterWorld.NAMESPACE).get()).isNotNull();
    }
    assertThat(cloud.tags(BackupCloud.STANDBY)).isNullOrEmpty();
  }

  @Test
  void anExtensionThatCannotBeInstalledIsToldAndTheUnprovenClusterGoes() throws Exception {
    world.oldClusterIsStopped();
    goesWrong("PUT", "extensions", How.OPERATION_FAILS, 1);
    ProcedureBench bench = world.bench(false);
    StepError error = failure(bench, Map.of());
    assertThat(error.getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(error.getMessage()).contains("install the backup extension");
    assertThat(error.getLeftBehind()).isEmpty();
    assertNothingIsLeft();
  }
}
