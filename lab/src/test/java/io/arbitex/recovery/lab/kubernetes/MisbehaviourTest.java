package io.arbitex.recovery.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisbehaviourTest {
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

  private static void list() {
    cluster.client().secrets().inNamespace("default").list();
  }

  @ParameterizedTest
  @CsvSource({"FORBIDDEN,403", "CONFLICT,409", "THROTTLED,429", "ERROR,500"})
  void refusesAsOftenAsAskedFor(How how, int code) throws Exception {
    cluster.control().add(Misbehaviour.of("list", "secrets", how, 1));
    assertThatThrownBy(MisbehaviourTest::list)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(code));
    assertThatCode(MisbehaviourTest::list).doesNotThrowAnyException();
  }

  @Test
  void refusesTheTokenForAsLongAsTheRuleHolds() throws Exception {
    // The client asks again by itself, in case its token was refreshed.
    cluster.control().add(Misbehaviour.of("list", "secrets", How.UNAUTHORIZED, 0));
    assertThatThrownBy(MisbehaviourTest::list)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(401));
    cluster.control().clearAll();
    assertThatCode(MisbehaviourTest::list).doesNotThrowAnyException();
  }

  @Test
  void saysOfItselfThatItIsReadyAsLongAsNoRuleSaysOtherwise() throws Exception {
    assertThat(cluster.client().raw("/readyz")).isEqualTo("ok");
    assertThat(cluster.client().raw("/readyz?verbose"))
        .contains("[+]etcd ok\n")
        .endsWith("readyz check passed\n");
    cluster.control().add(Misbehaviour.of("get", "/readyz", How.NOT_READY, 0));
    assertThatThrownBy(() -> cluster.client().raw("/readyz"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(500));
    assertThat(cluster.client().raw("/livez")).isEqualTo("ok");
  }

  @Test
  void isSlow() throws Exception {
    cluster.control().add(new Misbehaviour("list", "secrets", ".*", How.SLOW, 1, 300, 0, 0));
    Instant begin = Instant.now();
    list();
    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(290));
  }

  @Test
  void hangsUntilItIsCleared() throws Exception {
    int rule = cluster.control().add(Misbehaviour.of("list", "secrets", How.HUNG, 0));
    CompletableFuture<Void> call = CompletableFuture.runAsync(MisbehaviourTest::list);
    assertThatThrownBy(() -> call.get(500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    cluster.control().clear(rule);
    call.get(5, TimeUnit.SECONDS);
  }

  @Test
  void closesAWatchWith410() throws Exception {
    cluster.control().add(Misbehaviour.of("watch", "secrets", How.GONE, 1));
    CompletableFuture<WatcherException> ended = new CompletableFuture<>();
    cluster
        .client()
        .secrets()
        .inNamespace("default")
        .watch(
            new io.fabric8.kubernetes.client.Watcher<>() {
              @Override
              public void eventReceived(
                  Action action, io.fabric8.kubernetes.api.model.Secret resource) {
                // There is none.
              }

              @Override
              public void onClose(WatcherException cause) {
                ended.complete(cause);
              }
            });
    assertThat(ended.get(10, TimeUnit.SECONDS).isHttpGone()).isTrue();
  }

  @Test
  void cutsAnExecInTheMiddleWithoutAStatus() throws Exception {
    String namespace = cluster.namespace();
    cluster.run(namespace, TestCluster.pod("p", TestCluster.shell()));
    cluster.control().add(new Misbehaviour("create", "pods/exec", "p", How.CUT, 1, 0, 0, 100_000));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ExecWatch exec =
        cluster
            .client()
            .pods()
            .inNamespace(namespace)
            .withName("p")
            .writingOutput(out)
            .exec("head", "-c", "10000000", "/dev/zero")) {
      assertThatThrownBy(() -> assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isNotNull())
          .isInstanceOf(Throwable.class);
    }
    assertThat(out.size()).isLessThan(10_000_000);
  }

  private static boolean may(String verb, String resource, String subresource, String name) {
    return cluster
        .client()
        .authorization()
        .v1()
        .selfSubjectAccessReview()
        .create(
            new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withNamespace("default")
                .withVerb(verb)
                .withResource(resource)
                .withSubresource(subresource)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  @Test
  void saysBeforehandWhatItWouldForbidAndUsesNoRuleUpByIt() throws Exception {
    assertThat(may("patch", "secrets", "", "mine")).isTrue();
    cluster.control().add(new Misbehaviour("patch", "secrets", "mine", How.FORBIDDEN, 1, 0, 0, 0));
    cluster.control().add(Misbehaviour.of("create", "pods/exec", How.FORBIDDEN, 1));
    cluster.control().add(Misbehaviour.of("list", "secrets", How.CONFLICT, 1));
    for (int i = 0; i < 2; i++) {
      assertThat(may("patch", "secrets", "", "mine")).isFalse();
      assertThat(may("create", "pods", "exec", "")).isFalse();
    }
    assertThat(may("patch", "secrets", "", "other")).isTrue();
    assertThat(may("patch", "secrets", "", "")).isTrue();
    assertThat(may("get", "secrets", "", "mine")).isTrue();
    assertThat(may("create", "pods", "", "")).isTrue();
    assertThat(may("list", "secrets", "", "")).as("a conflict forbids nothing").isTrue();
    assertThat(cluster.client().hasApiGroup("authorization.k8s.io", true)).isTrue();
    assertThat(cluster.client().supports(SelfSubjectAccessReview.class)).isTrue();
  }
}
