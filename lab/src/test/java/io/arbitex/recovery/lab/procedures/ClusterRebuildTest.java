package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.BackupCloud;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepTransition;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code aks.rebuild}: a cluster of which no backup is left, made anew from the chart. */
class ClusterRebuildTest {
  private static final String OLD_ADDRESS = "192.0.2.1";
  private static final String PRODUCTION = "replicas: 2\n";

  @TempDir static Path folder;
  private static ClusterWorld world;
  private static BackupCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    world = new ClusterWorld(folder);
    cloud = world.cloud;
    world.badSince = Instant.now();
  }

  @AfterEach
  void clear() throws Exception {
    world.clear();
    PlatformChart.values(folder, PRODUCTION);
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  private static Map<String, String> done(ProcedureBench bench) throws Exception {
    Next.Finished end = bench.run(world.rebuild());
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    return bench.factsOfEnd();
  }

  private static StepError failure(String values) throws Exception {
    PlatformChart.values(folder, values);
    Next.Finished end = world.bench(false).run(world.rebuild());
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.FAILED);
    return end.error().orElseThrow();
  }

  private static List<Secret> releases(KubernetesClient client) {
    return client
        .secrets()
        .inNamespace(ClusterWorld.NAMESPACE)
        .withLabel("owner", "helm")
        .list()
        .getItems();
  }

  @Test
  void deadAtEveryStepItMakesOneClusterWithTheReleaseAndCustomersAreLedThere() throws Exception {
    world.oldClusterRuns();
    cloud.setRecord(OLD_ADDRESS);
    long clusters = cloud.ordered(Operation.Kind.MAKE_CLUSTER);
    ProcedureBench bench = world.bench(false);
    bench.crashOnceAroundEveryFact();
    Map<String, String> facts = done(bench);
    assertThat(bench.crashes()).hasSizeGreaterThan(45);
    assertThat(cloud.made()).containsExactly(facts.get("cluster"));
    assertThat(cloud.ordered(Operation.Kind.MAKE_CLUSTER) - clusters).isEqualTo(1);
    assertThat(facts)
        .containsEntry("chart", "arbitex-platform-1.4.2")
        .containsEntry("cluster-origin", "made")
        .containsEntry("secrets-written", "arbitex-secrets=2")
        .containsEntry("waits-for-claims", "deployment/arbitex-buffer")
        .doesNotContainKeys("restore-point", "loss-seconds");
    assertThat(cloud.pods(facts.get("cluster"))).as("nothing runs before the cutover").isEmpty();
    assertThat(cloud.power(BackupCloud.SOURCE))
        .as("nor is the old one touched")
        .isEqualTo("Running");
    assertRelease(facts.get("cluster"));
    String said = bench.events + " " + bench.lines + " " + bench.entries;
    assertThat(said).doesNotContain("of-the-vault").doesNotContain("client-key-data");

    Map<String, String> parameters = new TreeMap<>(facts);
    ProcedureBench cutover = world.bench(false);
    Next.Finished end = cutover.run(world.cutover(parameters));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Stopped");
    cloud.awaitPods(facts.get("cluster"), 2);
    assertThat(cloud.named()).hasSize(1).doesNotContain(OLD_ADDRESS);
    assertThat(cutover.bindings)
        .extracting(Binding::getResource)
        .containsExactly(facts.get("cluster"));
  }

  private static void assertRelease(String cluster) {
    try (KubernetesClient client = cloud.client(cluster)) {
      assertThat(releases(client))
          .as("Helm itself keeps the release, so that it can be upgraded as always")
          .hasSize(1)
          .allSatisfy(
              it ->
                  assertThat(it.getMetadata().getLabels())
                      .containsEntry("name", "arbitex")
                      .containsEntry("status", "deployed"));
      assertThat(
              client
                  .apps()
                  .deployments()
                  .inNamespace(ClusterWorld.NAMESPACE)
                  .withName("arbitex-platform")
                  .require()
                  .getSpec()
                  .getReplicas())
          .isEqualTo(2);
      assertThat(
              client
                  .secrets()
                  .inNamespace(ClusterWorld.NAMESPACE)
                  .withName("arbitex-secrets")
                  .require()
                  .getData())
          .containsEntry(
              "DATABASE_URL",
              Base64.getEncoder()
                  .encodeToString(ClusterWorld.URL.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void whatTheChartGetsWrongIsSaidBeforeAnythingIsMade() throws Exception {
    world.oldClusterRuns();
    Map<String, String> wrong =
        Map.of(
            "cloud: false", "it makes no deployment/arbitex-buffer",
            "claim: true", "restored by a procedure of their own",
            "generated: true", "renders differently each time",
            "job: true", "Job once",
            "secret: true", "the Secret arbitex-secrets, which is the key vault's",
            "elsewhere: true", "DaemonSet kube-system/agent",
            "replicas: [", "cannot be rendered");
    List<String> said = new ArrayList<>();
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      StepError error = failure(each.getKey() + "\n");
      assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
      assertThat(error.getMessage()).contains(each.getValue());
      said.add(error.getMessage());
    }
    Path values = folder.resolve("values-prod.yaml");
    Files.delete(values);
    Next.Finished end = world.bench(false).run(world.rebuild());
    assertThat(end.error().orElseThrow().getMessage()).contains("there is no " + values);
    assertThat(said).hasSize(wrong.size());
    assertThat(cloud.made()).isEmpty();
  }

  @Test
  void aChartWhoseHookWouldRunBeforeTheCutoverIsGivenUpAndNothingIsLeft() throws Exception {
    world.oldClusterRuns();
    StepError error = failure("migrate: true\n");
    assertThat(error.getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertThat(error.getMessage()).contains("recovery-holds-until-cutover");
    assertThat(error.getHint()).contains("hooks");
    until("the unproven cluster is gone", () -> cloud.made().isEmpty());
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(cloud.pods(BackupCloud.SOURCE)).hasSize(ClusterWorld.PODS);
  }

  @Test
  void aReleaseThatStoppedHalfWayIsTakenAwayAndInstalledAnew() throws Exception {
    world.oldClusterRuns();
    Thread trouble =
        new Thread(
            () -> {
              try {
                until("a cluster is made", () -> !cloud.made().isEmpty());
                String made = cloud.made().get(0);
                until("it can be told to fail", () -> cloud.refuseOnce(made, "services"));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            },
            "trouble");
    trouble.start();
    ProcedureBench bench = world.bench(false);
    Map<String, String> facts = done(bench);
    trouble.join();
    assertThat(bench.events)
        .as("it failed once")
        .anyMatch(
            each ->
                each.getTransition() == StepTransition.ACTION_RETRIED
                    && each.getAction().equals("install-release"));
    assertRelease(facts.get("cluster"));
  }
}
