package io.arbitex.recovery.lab.procedures;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.lab.azure.BackupCloud;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.schemas.Facts;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.cluster}: a restored cluster takes the place of one that nobody reaches. */
class ClusterCutoverTest {
  private static final String OLD_ADDRESS = "192.0.2.1";
  private static final String HOLD = "recovery-holds-until-cutover";

  @TempDir static Path folder;
  private static ClusterWorld world;
  private static BackupCloud cloud;
  private static Map<String, String> restored;

  @BeforeAll
  static void start() throws Exception {
    world = new ClusterWorld(folder);
    cloud = world.cloud;
    cloud.backUp();
    world.badSince = Instant.now();
    world.oldClusterRuns();
    ProcedureBench bench = world.bench(true);
    Next.Finished end = bench.run(world.restore(Map.of()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    restored = bench.factsOfEnd();
  }

  /** As a restore leaves it, of a new incident. */
  @BeforeEach
  void hold() throws Exception {
    cloud.control().clearAll();
    world.health = "http://127.0.0.1:1/health";
    world.bound = Optional.empty();
    world.oldClusterRuns();
    cloud.setRecord(OLD_ADDRESS);
    cloud.setTags(
        BackupCloud.STANDBY,
        Map.of(
            "recovery-command",
            world.incident() + "/cluster.restore/1",
            "recovery-incident",
            world.incident()));
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      client
          .resourceQuotas()
          .inNamespace(ClusterWorld.NAMESPACE)
          .resource(
              new ResourceQuotaBuilder()
                  .withNewMetadata()
                  .withName(HOLD)
                  .endMetadata()
                  .withNewSpec()
                  .withHard(Map.of("pods", new Quantity("0")))
                  .endSpec()
                  .build())
          .createOr(it -> it.update());
      client.pods().inNamespace(ClusterWorld.NAMESPACE).delete();
    }
    until("nothing runs in the restored one", () -> cloud.pods(BackupCloud.STANDBY).isEmpty());
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  private static Map<String, String> with(String... pairs) {
    Map<String, String> all = new LinkedHashMap<>(restored);
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], pairs[i + 1]);
    }
    return all;
  }

  private static Map<String, String> done(ProcedureBench bench, Map<String, String> facts)
      throws Exception {
    Next.Finished end = bench.run(world.cutover(facts));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    return bench.factsOfEnd();
  }

  private static StepError failure(Next.Finished end) {
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.FAILED);
    return end.error().orElseThrow();
  }

  private static StepError failure(Map<String, String> facts) throws Exception {
    return failure(world.bench(true).run(world.cutover(facts)));
  }

  private static void goesWrong(String method, String resource, How how) throws Exception {
    cloud.control().add(Misbehaviour.of(method, resource, how, 1));
  }

  private static boolean isHeld() {
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      return client.resourceQuotas().inNamespace(ClusterWorld.NAMESPACE).withName(HOLD).get()
          != null;
    }
  }

  private static String address() {
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      return client
          .services()
          .inNamespace(ClusterWorld.NAMESPACE)
          .withName("arbitex-platform")
          .get()
          .getStatus()
          .getLoadBalancer()
          .getIngress()
          .get(0)
          .getIp();
    }
  }

  /** As it was found: the old one runs, the restored one does not, and customers go to the old. */
  private static void assertGivenBack() {
    assertThat(cloud.tags(BackupCloud.SOURCE)).containsOnlyKeys("team");
    assertHeldBesideTheOldOne();
  }

  private static void assertHeldBesideTheOldOne() {
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Running");
    assertThat(isHeld()).isTrue();
    assertThat(cloud.pods(BackupCloud.STANDBY)).isEmpty();
    assertThat(cloud.named()).containsExactly(OLD_ADDRESS);
  }

  private static void assertCutOver() {
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Stopped");
    assertThat(cloud.pods(BackupCloud.SOURCE)).as("nothing of the old platform writes").isEmpty();
    assertThat(isHeld()).isFalse();
    assertThat(cloud.pods(BackupCloud.STANDBY)).hasSize(2);
    assertThat(cloud.named()).containsExactly(address());
  }

  @Test
  void theOldClusterIsStoppedAndCustomersAreLedToTheRestoredOne() throws Exception {
    List<ProcessHandle> pods = cloud.pods(BackupCloud.SOURCE);
    ProcedureBench bench = world.bench(true);
    Map<String, String> facts = done(bench, with("source-may-live", "false"));
    assertCutOver();
    assertThat(pods).noneMatch(ProcessHandle::isAlive);
    assertThat(cloud.notes()).containsEntry("recovery-old", "300 " + OLD_ADDRESS);
    assertThat(facts)
        .containsEntry("address", address())
        .containsEntry("not-ready-yet", "")
        .containsEntry(
            "undo-old-cluster",
            "first stop aks-standby, lest two platforms write, then: az aks start --resource-group"
                + " rg-prod --name aks-prod, and take its tags recovery-stopped-by and"
                + " recovery-incident off");
    assertThat(bench.bindings).hasSize(1);
    Binding binding = bench.bindings.get(0);
    assertThat(binding.getResource()).isEqualTo(BackupCloud.STANDBY);
    assertThat(binding.getEpoch()).isEqualTo(1);
    assertThat(Facts.toMap(binding.getFacts()))
        .containsEntry("group", BackupCloud.GROUP)
        .containsEntry("previous", BackupCloud.SOURCE);
  }

  @Test
  void deadAtEveryStepItStopsTheOldOneOnceAndNeverLetsBothRun() throws Exception {
    long stops = cloud.ordered(Operation.Kind.STOP_CLUSTER);
    ProcedureBench bench = world.bench(true);
    bench.crashOnceAroundEveryFact();
    done(bench, with());
    assertThat(bench.crashes()).hasSizeGreaterThan(30);
    assertThat(cloud.ordered(Operation.Kind.STOP_CLUSTER) - stops).isEqualTo(1);
    assertThat(bench.bindings).hasSize(1);
    assertCutOver();
  }

  @Test
  void anOldClusterThatAnswersOrServesIsNotStopped() throws Exception {
    world.reconnect();
    assertThat(failure(with("source-may-live", "false")).getCode())
        .isEqualTo(FailureCode.SOURCE_SOUND);
    assertGivenBack();
    world.cutOff();
    HttpServer health = customersAreServed();
    try {
      StepError error = failure(with("source-may-live", "false"));
      assertThat(error.getCode()).isEqualTo(FailureCode.NOT_CONFIRMED);
      assertThat(error.getMessage()).contains("customers are served");
    } finally {
      health.stop(0);
    }
    assertGivenBack();
  }

  private static HttpServer customersAreServed() throws Exception {
    HttpServer health =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    health.createContext("/health", exchange -> exchange.sendResponseHeaders(200, -1));
    health.start();
    world.health = "http://127.0.0.1:%d/health".formatted(health.getAddress().getPort());
    return health;
  }

  @Test
  void aClusterThatIsNotTheWatchedOneIsNotStopped() throws Exception {
    world.watchAnother();
    StepError error = failure(with());
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("they may be two clusters");
    assertGivenBack();
  }

  @Test
  void aStopThatFailsLeavesTheRestoredOneHeld() throws Exception {
    goesWrong("POST", "managedClusters/stop", How.FORBIDDEN);
    StepError error = failure(with());
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getMessage()).contains("lest two platforms write");
    assertThat(error.getHint()).contains("az aks stop");
    assertHeldBesideTheOldOne();
    goesWrong("POST", "managedClusters/stop", How.OPERATION_FAILS);
    assertThat(failure(with()).getCode()).isEqualTo(FailureCode.TOOL_FAILED);
    assertHeldBesideTheOldOne();
    // As the hint says; the tags that were left say whose stop it is.
    cloud.stop(BackupCloud.SOURCE);
    done(world.bench(true), with());
    assertCutOver();
  }

  @Test
  void aPlatformThatDoesNotStartIsHeldAgainAndTheOldOneIsStarted() throws Exception {
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      setImage(client, "nobody-has-it");
      try {
        ProcedureBench bench = world.impatientBench();
        StepError error = failure(bench.run(world.cutover(with())));
        assertThat(error.getCode()).isEqualTo(FailureCode.PROOF_FAILED);
        assertThat(error.getMessage()).contains("not rolled out: deployment/arbitex-platform");
        assertThat(error.getLeftBehind()).isEmpty();
        assertThat(bench.bindings).isEmpty();
        assertThat(bench.factsOfEnd().get("old-cluster")).contains("started again");
        assertGivenBack();
        StepError stuck =
            failure(world.impatientBench().run(world.cutover(with("stores-wait", "database"))));
        assertThat(stuck.getMessage())
            .as("a database that comes later does not mend this")
            .contains("cannot start: arbitex-platform");
        assertGivenBack();
      } finally {
        setImage(client, "shell");
      }
    }
  }

  @Test
  void aPlatformThatWaitsForItsDatabaseIsOpenedBeforeItIsReady() throws Exception {
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      setReadiness(client, "/bin/false");
      try {
        Map<String, String> told = done(world.bench(true), with("stores-wait", "database"));
        assertThat(told).containsEntry("not-ready-yet", "deployment/arbitex-platform");
        assertThat(cloud.named()).containsExactly(address());
      } finally {
        setReadiness(client, "/bin/true");
      }
    }
  }

  private static void setReadiness(KubernetesClient client, String command) {
    client
        .apps()
        .deployments()
        .inNamespace(ClusterWorld.NAMESPACE)
        .withName("arbitex-platform")
        .edit(
            it ->
                new DeploymentBuilder(it)
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .editFirstContainer()
                    .withNewReadinessProbe()
                    .withNewExec()
                    .withCommand(command)
                    .endExec()
                    .withPeriodSeconds(1)
                    .endReadinessProbe()
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
  }

  private static void setImage(KubernetesClient client, String image) {
    client
        .apps()
        .deployments()
        .inNamespace(ClusterWorld.NAMESPACE)
        .withName("arbitex-platform")
        .edit(
            it -> {
              it.getSpec().getTemplate().getSpec().getContainers().get(0).setImage(image);
              return it;
            });
  }

  @Test
  void aRecordThatCannotBeChangedLeavesTheRestoredOneRunningAndSaysWhatToDo() throws Exception {
    cloud.control().add(Misbehaviour.of("PUT", "dnsZones/A", How.FORBIDDEN, 0));
    ProcedureBench bench = world.bench(true);
    StepError error = failure(bench.run(world.cutover(with())));
    assertThat(error.getMessage()).contains("api.arbitex.example");
    assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Stopped");
    assertThat(cloud.pods(BackupCloud.STANDBY)).hasSize(2);
    cloud.control().clearAll();
    cloud.setRecord(address());
    HttpServer health = customersAreServed();
    try {
      // Review: who was led by hand is served by the new one, which kept the retry from its end.
      Map<String, String> facts = done(world.bench(true), with("source-may-live", "false"));
      assertThat(facts.get("dns")).contains("names " + address());
    } finally {
      health.stop(0);
    }
    assertCutOver();
  }

  /** Review: an attempt after the binding was known took the new cluster for the lost one. */
  @Test
  void anAttemptAfterTheBindingIsKnownStopsNothing() throws Exception {
    done(world.bench(true), with());
    world.bound =
        Optional.of(new Bound(BackupCloud.STANDBY, 1, Map.of("previous", BackupCloud.SOURCE)));
    ProcedureBench bench = world.bench(true);
    done(bench, with("source-resource", BackupCloud.STANDBY, "source-epoch", "1"));
    assertThat(cloud.power(BackupCloud.STANDBY)).isEqualTo("Running");
    assertCutOver();
    Binding binding = bench.bindings.get(0);
    assertThat(binding.getEpoch()).isEqualTo(1);
    assertThat(Facts.toMap(binding.getFacts())).containsEntry("previous", BackupCloud.SOURCE);
  }

  /** Review: a clean-up deleted the pods that customers were led to by hand. */
  @Test
  void whoIsLedToTheRestoredOneAlreadyKeepsIt() throws Exception {
    try (KubernetesClient client = cloud.client(BackupCloud.STANDBY)) {
      world.writers = "deployment/arbitex-platform, deployment/arbitex-late";
      client
          .apps()
          .deployments()
          .inNamespace(ClusterWorld.NAMESPACE)
          .resource(late(client))
          .createOr(it -> it.update());
      cloud.setRecord(address());
      StepError error = failure(world.impatientBench().run(world.cutover(with())));
      assertThat(error.getMessage()).contains("deployment/arbitex-late");
      assertThat(error.getLeftBehind()).contains("customers are led to the restored cluster");
      assertThat(isHeld()).isFalse();
      assertThat(cloud.pods(BackupCloud.STANDBY)).hasSize(2);
      assertThat(cloud.power(BackupCloud.SOURCE)).isEqualTo("Stopped");
      client
          .apps()
          .deployments()
          .inNamespace(ClusterWorld.NAMESPACE)
          .withName("arbitex-late")
          .delete();
    } finally {
      world.writers = "deployment/arbitex-platform";
    }
  }

  /** A workload whose image nobody has. */
  private static Deployment late(KubernetesClient client) {
    Deployment platform =
        client
            .apps()
            .deployments()
            .inNamespace(ClusterWorld.NAMESPACE)
            .withName("arbitex-platform")
            .get();
    return new DeploymentBuilder(platform)
        .withNewMetadata()
        .withName("arbitex-late")
        .endMetadata()
        .withStatus(null)
        .editSpec()
        .withReplicas(1)
        .withNewSelector()
        .addToMatchLabels("app", "arbitex-late")
        .endSelector()
        .editTemplate()
        .editMetadata()
        .addToLabels("app", "arbitex-late")
        .endMetadata()
        .editSpec()
        .editFirstContainer()
        .withImage("nobody-has-it")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void aRecordThatNamesSeveralAddressesIsRefusedBeforeAnythingIsStopped() throws Exception {
    cloud.setRecord(OLD_ADDRESS, "192.0.2.2");
    StepError error = failure(with());
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("192.0.2.2");
    cloud.setRecord(OLD_ADDRESS);
    assertGivenBack();
  }

  @Test
  void aRestoredClusterOfAnotherIncidentIsNotCutOverTo() throws Exception {
    cloud.setTags(BackupCloud.STANDBY, Map.of("recovery-incident", "inc-0"));
    StepError error = failure(with());
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("is not of this incident");
    assertGivenBack();
  }

  @Test
  void anOldClusterThatSomebodyStartsInBetweenKeepsTheRestoredOneHeld() throws Exception {
    ProcedureBench bench = world.bench(true);
    Execution execution = bench.start(world.cutover(with()));
    advanceTo(execution, "release-workloads");
    cloud.start(BackupCloud.SOURCE);
    StepError error = failure(bench.drive(execution));
    assertThat(error.getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(error.getMessage()).contains("two platforms would write");
    assertHeldBesideTheOldOne();
  }

  @Test
  void oneAnswerThatThereIsNoSuchClusterIsNotBelieved() throws Exception {
    cloud.make("aks-old");
    ProcedureBench bench = world.bench(true);
    Execution execution = bench.start(world.cutover(with("source-resource", "aks-old")));
    world.watch("aks-old");
    advanceTo(execution, "stop-source");
    cloud.delete("aks-old");
    StepError error = failure(bench.drive(execution));
    assertThat(error.getCode()).isEqualTo(FailureCode.UNKNOWN);
    assertThat(error.getMessage()).contains("was there a moment ago");
    assertThat(isHeld()).isTrue();
    // One that was gone before is gone.
    done(world.bench(true), with("source-resource", "aks-old"));
    assertThat(cloud.named()).containsExactly(address());
  }

  private static void advanceTo(Execution execution, String action) throws Exception {
    while (!(execution.state() == ExecutionState.MAKING
        && execution.currentAction().equals(action))) {
      assertThat(execution.advance()).isNotInstanceOf(Next.Finished.class);
    }
  }
}
