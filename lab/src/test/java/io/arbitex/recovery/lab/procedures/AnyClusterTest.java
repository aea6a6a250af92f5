package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.volumes.SnapshotProcedure;
import io.arbitex.recovery.executors.volumes.VolumeCutover;
import io.arbitex.recovery.executors.volumes.VolumeTarget;
import io.arbitex.recovery.executors.writers.AwaitWriters;
import io.arbitex.recovery.executors.writers.CheckWriters;
import io.arbitex.recovery.executors.writers.StartWriters;
import io.arbitex.recovery.executors.writers.StopWriters;
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Times;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a recovery does in a cluster, by its API alone: so it runs on the lab's, and on a real one
 * that {@code DR_KUBECONFIG} names.
 */
class AnyClusterTest {
  private static final StartWriters.Opening NOTHING_BEFORE =
      new StartWriters.Opening() {
        @Override
        public void refuseIfSound(ActionContext context) {
          // There is no source here.
        }

        @Override
        public void open(ActionContext context) {
          // Nor a target.
        }
      };

  @TempDir static Path folder;
  private static AnyCluster cluster;
  private static int attempts;

  @BeforeAll
  static void start() throws Exception {
    cluster = new AnyCluster(folder);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void writersAreStoppedAndComeBackAsNewPods() throws Exception {
    String namespace = cluster.namespace();
    RollableScalableResource<Deployment> app =
        cluster.client().apps().deployments().inNamespace(namespace).withName("app");
    cluster.client().resource(deployment(namespace)).create();
    AnyRedis.until("two pods are ready", () -> ready(app) == 2);
    List<String> before = pods(namespace);
    Writers writers = new Writers(kubernetes(namespace));
    ProcedureBench bench = bench(namespace);
    Next.Finished stopped =
        bench.run(
            command("stop"),
            Procedure.named("stop")
                .action(new CheckWriters(writers))
                .action(new StopWriters(writers, context -> false))
                .build());
    assertThat(stopped.outcome()).as(stopped.toString()).isEqualTo(Outcome.DONE);
    assertThat(app.get().getSpec().getReplicas()).isZero();
    assertThat(pods(namespace)).isEmpty();
    assertThat(app.get().getMetadata().getAnnotations())
        .containsEntry("recovery.arbitex.io/replicas", "2");
    Next.Finished started =
        bench.run(
            command("start"),
            Procedure.named("start")
                .action(new StartWriters(writers, NOTHING_BEFORE, context -> true))
                .action(new AwaitWriters(writers))
                .build());
    assertThat(started.outcome()).as(started.toString()).isEqualTo(Outcome.DONE);
    assertThat(ready(app)).isEqualTo(2);
    assertThat(pods(namespace)).hasSize(2).doesNotContainAnyElementsOf(before);
    assertThat(app.get().getMetadata().getAnnotations())
        .doesNotContainKey("recovery.arbitex.io/replicas");
  }

  /** A drill: the database's cutover waited for a volume that a later step was to restore. */
  @Test
  void aWriterThatLacksAVolumeOfALaterStepDoesNotHoldTheCutoverUp() throws Exception {
    String namespace = cluster.namespace();
    cluster.client().resource(withMissingClaim(deployment(namespace))).create();
    Writers writers = new Writers(kubernetes(namespace));
    StepCommand command =
        command(
            "await",
            "await",
            "cutover",
            "writers",
            new LinkedHashMap<>(Map.of("stores-wait", "buffer,redis")));
    ProcedureBench bench = bench(namespace);
    Next.Finished end =
        bench.run(command, Procedure.named("await").action(new AwaitWriters(writers)).build());
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd().get("not-ready-yet"))
        .contains("deployment/app: 0 of 2 pods are ready")
        .endsWith("not waited for while buffer,redis is to be recovered");
  }

  private static Deployment withMissingClaim(Deployment deployment) {
    return new DeploymentBuilder(deployment)
        .editSpec()
        .editTemplate()
        .editSpec()
        .addNewVolume()
        .withName("buffer")
        .withNewPersistentVolumeClaim("buffer", false)
        .endVolume()
        .editFirstContainer()
        .addNewVolumeMount()
        .withName("buffer")
        .withMountPath("/data")
        .endVolumeMount()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void aRedisThatLostItsKeysGetsThemBackAndKeepsThem() throws Exception {
    AnyRedis redis = new AnyRedis(cluster, Files.createDirectories(folder.resolve("redis")));
    redis.fill();
    redis.backup("rp-1", Instant.now().minusSeconds(3_600));
    redis.exec("redis-cli", "flushall");
    redis.restartPod();
    assertThat(redis.keys()).isZero();
    ProcedureBench bench = bench(redis.inventory());
    Next.Finished restored = bench.run(redis.command("redis.restore", "redis.rdb", Map.of()));
    assertThat(restored.outcome()).as(restored.toString()).isEqualTo(Outcome.DONE);
    Next.Finished end =
        bench.run(redis.command("redis.cutover", "cutover.redis", bench.factsOfEnd()));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    redis.assertFilled();
    redis.restartPod();
    redis.assertFilled();
  }

  @Test
  void aDamagedVolumeIsReplacedByOneThatWasRestoredBeside() throws Exception {
    AnyVolume volume = new AnyVolume(cluster);
    try {
      assertThat(volume.seen()).isEqualTo("damaged");
      VolumeTarget target = volume.target(kubernetes(volume.namespace));
      ProcedureBench bench = bench(volume.namespace);
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("bad-since", Instant.now().toString());
      parameters.put("source-epoch", "0");
      parameters.put("source-may-live", "true");
      Next.Finished restored =
          bench.run(
              command("restore", SnapshotProcedure.NAME, "pvc", "files", parameters),
              SnapshotProcedure.of(target));
      assertThat(restored.outcome()).as(restored.toString()).isEqualTo(Outcome.DONE);
      parameters.putAll(bench.factsOfEnd());
      parameters.put("source-may-live", "true");
      Next.Finished end =
          bench.run(
              command("cutover", VolumeCutover.NAME, "cutover", "files", parameters),
              VolumeCutover.of(target));
      assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
      AnyRedis.until("it is ready", () -> volume.ready() == 1);
      assertThat(volume.seen()).isEqualTo("good");
      PersistentVolume old =
          cluster.client().persistentVolumes().withName(volume.oldVolume()).get();
      assertThat(old.getSpec().getPersistentVolumeReclaimPolicy()).isEqualTo("Retain");
    } finally {
      volume.deleteVolumes();
    }
  }

  private static Deployment deployment(String namespace) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("app")
        .withNamespace(namespace)
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
        .withTerminationGracePeriodSeconds(2L)
        .addNewContainer()
        .withName("main")
        .withImage(cluster.shellImage())
        .withCommand("/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static int ready(RollableScalableResource<Deployment> app) {
    Integer ready = app.get().getStatus().getReadyReplicas();
    return ready == null ? 0 : ready;
  }

  private static List<String> pods(String namespace) {
    return cluster.client().pods().inNamespace(namespace).list().getItems().stream()
        .map(Pod::getMetadata)
        .map(each -> each.getUid())
        .collect(Collectors.toList());
  }

  private static Kubernetes kubernetes(String namespace) throws Exception {
    return Inventory.parse("platform.yaml", folder, inventory(namespace))
        .platforms()
        .get(0)
        .kubernetes()
        .orElseThrow();
  }

  private static String inventory(String namespace) {
    return """
        platforms:
          - name: eu-1
            observers: [a]
            endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
            kubernetes:
              kubeconfig: "file:%s"
              namespace: %s
              writers: [deployment/app]
            components:
              - name: redis
                kind: redis
                redis: {resource: r, host: h, statefulSet: s, claim: c, helperImage: i, backups: [b], tools: /usr/bin}
        """
        .formatted(cluster.kubeconfig(), namespace);
  }

  private static ProcedureBench bench(String namespaceOrInventory) throws Exception {
    String text =
        namespaceOrInventory.contains("\n")
            ? namespaceOrInventory
            : inventory(namespaceOrInventory);
    return new ProcedureBench(
        new Procedures(
            Inventory.parse("platform.yaml", folder.resolve("redis"), text),
            Policy.parse("runbook.yaml", folder, "version: 1\n"),
            (platform, component) -> Optional.empty(),
            Clock.systemUTC()));
  }

  private static StepCommand command(String procedure) {
    return command(procedure, procedure, "cutover", "writers", new LinkedHashMap<>());
  }

  static StepCommand command(
      String step,
      String procedure,
      String worker,
      String component,
      Map<String, String> parameters) {
    Instant now = Times.now(Clock.systemUTC());
    int attempt = ++attempts;
    return StepCommand.newBuilder()
        .setCommandId("inc-7/" + step + "/" + attempt)
        .setIncidentId("inc-7")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId(step)
        .setComponent(component)
        .setProcedure(procedure)
        .setWorker(worker)
        .setAttempt(attempt)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plus(10, ChronoUnit.MINUTES))
        .setParameters(Facts.of(parameters))
        .build();
  }
}
