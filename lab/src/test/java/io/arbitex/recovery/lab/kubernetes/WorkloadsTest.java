package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments, stateful sets and the pods that they keep. */
class WorkloadsTest {
  @TempDir static Path folder;
  private static TestCluster cluster;
  private static KubernetesClient client;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    client = cluster.client();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static Deployment deployment(int replicas, Container container) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("d")
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(Map.of("app", "d"))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", "d"))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(2L)
        .withContainers(container)
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  static StatefulSet statefulSet(int replicas, Container container) {
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withName("s")
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withServiceName("s")
        .withNewSelector()
        .withMatchLabels(Map.of("app", "s"))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", "s"))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(5L)
        .withContainers(container)
        .endSpec()
        .endTemplate()
        .withVolumeClaimTemplates(TestCluster.claim("data", "managed-csi"))
        .endSpec()
        .build();
  }

  static Container withData(Container container) {
    return new ContainerBuilder(container)
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .build();
  }

  private static boolean complete(Deployment deployment) {
    var status = deployment.getStatus();
    int wanted = deployment.getSpec().getReplicas();
    return status != null
        && deployment.getMetadata().getGeneration().equals(status.getObservedGeneration())
        && status.getReplicas() == wanted
        && status.getUpdatedReplicas() == wanted
        && status.getReadyReplicas() == wanted;
  }

  private static Set<String> uids(String namespace) {
    return client.pods().inNamespace(namespace).list().getItems().stream()
        .map(each -> each.getMetadata().getUid())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String output(String namespace, String pod, String... command) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .writingOutput(out)
            .writingError(out)
            .exec(command)) {
      exec.exitCode().get(10, TimeUnit.SECONDS);
    }
    return out.toString(StandardCharsets.UTF_8).trim();
  }

  @Test
  void aRolloutReplacesEveryPodAndNeverServesWithTooFew() throws Exception {
    String namespace = cluster.namespace();
    var resource = client.apps().deployments().inNamespace(namespace).withName("d");
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(deployment(3, TestCluster.shell()))
        .create();
    until("it is complete", () -> complete(resource.get()));
    Set<String> before = uids(namespace);
    resource.rolling().restart();
    int[] fewest = {3};
    until(
        "it is complete again",
        () -> {
          Deployment now = resource.get();
          fewest[0] = Math.min(fewest[0], now.getStatus().getAvailableReplicas());
          return complete(now);
        });
    assertThat(fewest[0]).isEqualTo(3);
    until("old pods are gone", () -> uids(namespace).stream().noneMatch(before::contains));
    assertThat(resource.get().getMetadata().getAnnotations())
        .containsEntry("deployment.kubernetes.io/revision", "2");
  }

  @Test
  void scalingToNothingAndBackAndDeletedPodsComeAgain() throws Exception {
    String namespace = cluster.namespace();
    var resource = client.apps().deployments().inNamespace(namespace).withName("d");
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .resource(deployment(2, TestCluster.shell()))
        .create();
    until("it is complete", () -> complete(resource.get()));
    resource.scale(0);
    until("no pod is left", () -> uids(namespace).isEmpty());
    until("the status says so", () -> complete(resource.get()));
    resource.scale(1);
    until("one pod is there", () -> complete(resource.get()) && uids(namespace).size() == 1);
    String uid = uids(namespace).iterator().next();
    client.pods().inNamespace(namespace).delete();
    until("another is there", () -> complete(resource.get()) && !uids(namespace).contains(uid));
    resource.delete();
    until("all is collected", () -> uids(namespace).isEmpty());
    assertThat(client.apps().replicaSets().inNamespace(namespace).list().getItems()).isEmpty();
  }

  @Test
  void aStatefulSetsPodsComeInOrderWithClaimsThatStay() throws Exception {
    String namespace = cluster.namespace();
    client
        .apps()
        .statefulSets()
        .inNamespace(namespace)
        .resource(statefulSet(2, withData(TestCluster.shell())))
        .create();
    var resource = client.apps().statefulSets().inNamespace(namespace).withName("s");
    until("both are ready", () -> resource.get().getStatus().getReadyReplicas() == 2);
    assertThat(cluster.pod(namespace, "s-0").getStatus().getStartTime())
        .isLessThanOrEqualTo(cluster.pod(namespace, "s-1").getStatus().getStartTime());
    output(namespace, "s-0", "sh", "-c", "echo kept > /data/f");
    resource.scale(0);
    until("no pod is left", () -> uids(namespace).isEmpty());
    assertThat(client.persistentVolumeClaims().inNamespace(namespace).list().getItems())
        .extracting(each -> each.getMetadata().getName())
        .containsExactly("data-s-0", "data-s-1");
    resource.scale(1);
    until("one is ready", () -> resource.get().getStatus().getReadyReplicas() == 1);
    assertThat(output(namespace, "s-0", "cat", "/data/f")).isEqualTo("kept");
    assertThatThrownBy(
            () ->
                resource.edit(
                    set ->
                        new StatefulSetBuilder(set)
                            .editSpec()
                            .withServiceName("other")
                            .endSpec()
                            .build()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));
  }

  @Test
  void theRetentionPolicyTakesClaimsAlong() throws Exception {
    String namespace = cluster.namespace();
    client
        .apps()
        .statefulSets()
        .inNamespace(namespace)
        .resource(
            new StatefulSetBuilder(statefulSet(1, withData(TestCluster.shell())))
                .editSpec()
                .withNewPersistentVolumeClaimRetentionPolicy()
                .withWhenScaled("Delete")
                .endPersistentVolumeClaimRetentionPolicy()
                .endSpec()
                .build())
        .create();
    var resource = client.apps().statefulSets().inNamespace(namespace).withName("s");
    until("it is ready", () -> resource.get().getStatus().getReadyReplicas() == 1);
    resource.scale(0);
    until(
        "the claim is gone",
        () -> client.persistentVolumeClaims().inNamespace(namespace).list().getItems().isEmpty());
  }

  @Test
  void aContainerThatFailsIsRestartedEverMoreSlowly() throws Exception {
    String namespace = cluster.namespace();
    client
        .pods()
        .inNamespace(namespace)
        .resource(TestCluster.pod("p", TestCluster.shell("sh", "-c", "echo oh; exit 3")))
        .create();
    until(
        "it loops",
        () -> {
          var status = cluster.pod(namespace, "p").getStatus().getContainerStatuses().get(0);
          return status.getRestartCount() >= 1
              && status.getState().getWaiting() != null
              && status.getState().getWaiting().getReason().equals("CrashLoopBackOff")
              && status.getLastState().getTerminated().getExitCode() == 3;
        });
    assertThat(client.pods().inNamespace(namespace).withName("p").terminated().getLog())
        .isEqualTo("oh\n");
  }

  @Test
  void anUnknownImageCannotBePulled() throws Exception {
    String namespace = cluster.namespace();
    Container container = new ContainerBuilder(TestCluster.shell()).withImage("nothing:1").build();
    client.pods().inNamespace(namespace).resource(TestCluster.pod("p", container)).create();
    until(
        "it says so",
        () ->
            cluster
                .pod(namespace, "p")
                .getStatus()
                .getContainerStatuses()
                .get(0)
                .getState()
                .getWaiting()
                .getReason()
                .equals("ImagePullBackOff"));
  }

  private static Secret secret(String namespace, String value) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName("s")
        .withNamespace(namespace)
        .endMetadata()
        .withStringData(Map.of("url", value))
        .build();
  }

  @Test
  void aChangedSecretReachesTheMountedFileButNotTheVariable() throws Exception {
    String namespace = cluster.namespace();
    client.resource(secret(namespace, "old")).create();
    Pod pod =
        new PodBuilder(TestCluster.pod("p", TestCluster.shell()))
            .editSpec()
            .editFirstContainer()
            .addNewEnv()
            .withName("URL")
            .withNewValueFrom()
            .withNewSecretKeyRef("url", "s", false)
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("FILE")
            .withValue("/etc/platform/url")
            .endEnv()
            .addNewVolumeMount()
            .withName("s")
            .withMountPath("/etc/platform")
            .endVolumeMount()
            .endContainer()
            .addNewVolume()
            .withName("s")
            .withNewSecret()
            .withSecretName("s")
            .endSecret()
            .endVolume()
            .endSpec()
            .build();
    cluster.run(namespace, pod);
    String[] show = {"sh", "-c", "echo $URL $(cat $FILE)"};
    assertThat(output(namespace, "p", show)).isEqualTo("old old");
    client.resource(secret(namespace, "new")).update();
    until("the file follows", () -> output(namespace, "p", show).equals("old new"));
  }

  @Test
  void aPodThatDoesNotEndIsKilledWhenItsGraceIsOver() throws Exception {
    String namespace = cluster.namespace();
    Container stubborn = new ContainerBuilder(TestCluster.shell()).withImage("stubborn").build();
    cluster.run(namespace, TestCluster.pod("p", stubborn));
    Instant begin = Instant.now();
    client.pods().inNamespace(namespace).withName("p").delete();
    assertThat(cluster.pod(namespace, "p").getMetadata().getDeletionTimestamp()).isNotNull();
    until("it is gone", () -> cluster.pod(namespace, "p") == null);
    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void redisRunsOnItsClaimAndKeepsItsKeys() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/redis-server")), "redis-server is not installed");
    String namespace = cluster.namespace();
    Container redis =
        withData(
            new ContainerBuilder()
                .withName("redis")
                .withImage("redis:7.0")
                .withCommand("redis-server", "--dir", "/data", "--appendonly", "yes")
                .withNewReadinessProbe()
                .withNewExec()
                .withCommand("redis-cli", "ping")
                .endExec()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .build());
    client.apps().statefulSets().inNamespace(namespace).resource(statefulSet(1, redis)).create();
    var resource = client.apps().statefulSets().inNamespace(namespace).withName("s");
    until("it is ready", () -> resource.get().getStatus().getReadyReplicas() == 1);
    assertThat(output(namespace, "s-0", "redis-cli", "set", "k", "v")).isEqualTo("OK");
    resource.scale(0);
    until("no pod is left", () -> uids(namespace).isEmpty());
    resource.scale(1);
    until("it is ready again", () -> resource.get().getStatus().getReadyReplicas() == 1);
    assertThat(output(namespace, "s-0", "sh", "-c", "redis-cli get k")).isEqualTo("v");
  }
}
