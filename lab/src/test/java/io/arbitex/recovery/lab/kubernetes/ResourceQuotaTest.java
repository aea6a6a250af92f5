package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A namespace whose quota leaves no room for pods runs nothing, until the quota is gone. */
class ResourceQuotaTest {
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

  private static ResourceQuota quota(String pods) {
    return new ResourceQuotaBuilder()
        .withNewMetadata()
        .withName("held")
        .endMetadata()
        .withNewSpec()
        .addToHard("pods", new Quantity(pods))
        .endSpec()
        .build();
  }

  private static Job job() {
    return new JobBuilder()
        .withNewMetadata()
        .withName("j")
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withContainers(TestCluster.shell("true"))
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static List<Pod> pods(String namespace) {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  /** Kinds of which an event says that a pod of theirs was refused. */
  private static Set<String> refused(String namespace) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(each -> each.getReason().equals("FailedCreate"))
        .filter(each -> each.getMessage().contains("exceeded quota: held"))
        .map(each -> each.getInvolvedObject().getKind())
        .collect(Collectors.toSet());
  }

  @Test
  void nothingRunsUntilTheQuotaIsGoneAndThenARestartTakesEffectAtOnce() throws Exception {
    String namespace = cluster.namespace();
    Container shell = TestCluster.shell();
    client.resourceQuotas().inNamespace(namespace).resource(quota("0")).create();
    client.resource(WorkloadsTest.deployment(2, shell)).inNamespace(namespace).create();
    client
        .resource(WorkloadsTest.statefulSet(1, WorkloadsTest.withData(shell)))
        .inNamespace(namespace)
        .create();
    client.resource(job()).inNamespace(namespace).create();
    until(
        "all three say so",
        () -> refused(namespace).equals(Set.of("ReplicaSet", "StatefulSet", "Job")));
    until(
        "the deployment says why",
        () ->
            client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("d")
                .get()
                .getStatus()
                .getConditions()
                .stream()
                .filter(each -> each.getType().equals("ReplicaFailure"))
                .anyMatch(each -> each.getMessage().contains("requested: pods=1, used: pods=0")));
    assertThat(pods(namespace)).isEmpty();

    client.resourceQuotas().inNamespace(namespace).withName("held").delete();
    long begin = System.nanoTime();
    client.apps().deployments().inNamespace(namespace).withName("d").rolling().restart();
    client.apps().statefulSets().inNamespace(namespace).withName("s").rolling().restart();
    until("pods of both are made", () -> pods(namespace).size() >= 3);
    // A try that nothing had brought forward could have been as far off as 30 s.
    assertThat((System.nanoTime() - begin) / 1e9).isLessThan(10);
    until(
        "the job comes by itself",
        () -> {
          Integer succeeded =
              client
                  .batch()
                  .v1()
                  .jobs()
                  .inNamespace(namespace)
                  .withName("j")
                  .get()
                  .getStatus()
                  .getSucceeded();
          return succeeded != null && succeeded == 1;
        });
    until(
        "the deployment has nothing to complain of",
        () ->
            client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("d")
                .get()
                .getStatus()
                .getConditions()
                .stream()
                .noneMatch(each -> each.getType().equals("ReplicaFailure")));
  }

  @Test
  void aPodBeyondTheQuotaIsRefusedInKubernetesOwnWords() throws Exception {
    String namespace = cluster.namespace();
    client.resourceQuotas().inNamespace(namespace).resource(quota("1")).create();
    cluster.run(namespace, TestCluster.pod("first", TestCluster.shell()));
    until(
        "the quota tells what is used",
        () ->
            client
                .resourceQuotas()
                .inNamespace(namespace)
                .withName("held")
                .get()
                .getStatus()
                .getUsed()
                .get("pods")
                .equals(new Quantity("1")));
    assertThatThrownBy(
            () ->
                client
                    .pods()
                    .inNamespace(namespace)
                    .resource(TestCluster.pod("second", TestCluster.shell()))
                    .create())
        .asInstanceOf(InstanceOfAssertFactories.type(KubernetesClientException.class))
        .satisfies(
            e -> {
              assertThat(e.getCode()).isEqualTo(403);
              assertThat(e.getStatus().getReason()).isEqualTo("Forbidden");
              assertThat(e.getStatus().getMessage())
                  .isEqualTo(
                      "pods \"second\" is forbidden: exceeded quota: held, requested: pods=1,"
                          + " used: pods=1, limited: pods=1");
            });
    client.pods().inNamespace(namespace).withName("first").delete();
    until("there is room", () -> pods(namespace).isEmpty());
    client
        .pods()
        .inNamespace(namespace)
        .resource(TestCluster.pod("second", TestCluster.shell("true")))
        .create();
  }

  @Test
  void aQuotaThatTheLabWouldNotKeepIsRefused() {
    String namespace = cluster.namespace();
    assertThatThrownBy(
            () ->
                client
                    .resourceQuotas()
                    .inNamespace(namespace)
                    .resource(
                        new ResourceQuotaBuilder(quota("1"))
                            .editSpec()
                            .addToScopes("BestEffort")
                            .endSpec()
                            .build())
                    .create())
        .hasMessageContaining("spec.scopes");
    assertThatThrownBy(
            () -> client.resourceQuotas().inNamespace(namespace).resource(quota("-1")).create())
        .hasMessageContaining("spec.hard[pods]");
  }

  @Test
  void aQuotaOfJobsRefusesTheJobItself() {
    String namespace = cluster.namespace();
    client
        .resourceQuotas()
        .inNamespace(namespace)
        .resource(
            new ResourceQuotaBuilder(quota("5"))
                .editSpec()
                .addToHard("count/jobs.batch", new Quantity("0"))
                .endSpec()
                .build())
        .create();
    assertThatThrownBy(() -> client.resource(job()).inNamespace(namespace).create())
        .hasMessageContaining("exceeded quota: held, requested: count/jobs.batch=1");
  }
}
