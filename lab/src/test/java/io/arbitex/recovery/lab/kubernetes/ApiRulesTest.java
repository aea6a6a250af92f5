package io.arbitex.recovery.lab.kubernetes;

import static io.arbitex.recovery.lab.kubernetes.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server's rules, as fabric8's client meets them. */
class ApiRulesTest {
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

  private static ConfigMap map(String namespace, String name, Map<String, String> labels) {
    return client
        .configMaps()
        .inNamespace(namespace)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withData(Map.of("a", "1"))
                .build())
        .create();
  }

  private static int codeOf(Runnable call) {
    try {
      call.run();
    } catch (KubernetesClientException e) {
      return e.getCode();
    }
    throw new AssertionError("it was not refused");
  }

  /** Collects what a watch tells. */
  private static final class Seen<T extends HasMetadata> implements Watcher<T> {
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final CompletableFuture<WatcherException> ended = new CompletableFuture<>();

    @Override
    public void eventReceived(Action action, T object) {
      events.add(action + " " + object.getMetadata().getName());
    }

    @Override
    public void onClose(WatcherException cause) {
      ended.complete(cause);
    }
  }

  @Test
  void anOldRevisionIsAConflictAndASecondCreateToo() {
    String namespace = cluster.namespace();
    ConfigMap first = map(namespace, "m", Map.of());
    ConfigMap changed = new ConfigMapBuilder(first).addToData("a", "2").build();
    client.resource(changed).update();
    assertThat(codeOf(() -> client.resource(changed).update())).isEqualTo(409);
    assertThat(codeOf(() -> map(namespace, "m", Map.of()))).isEqualTo(409);
    assertThat(codeOf(() -> map("nowhere", "m", Map.of()))).isEqualTo(404);
  }

  @Test
  void deletionHonoursItsPrecondition() {
    String namespace = cluster.namespace();
    ConfigMap first = map(namespace, "m", Map.of());
    client.resource(new ConfigMapBuilder(first).addToData("a", "2").build()).update();
    assertThat(
            codeOf(
                () ->
                    client
                        .resource(first)
                        .lockResourceVersion(first.getMetadata().getResourceVersion())
                        .delete()))
        .isEqualTo(409);
    assertThat(client.configMaps().inNamespace(namespace).withName("m").get()).isNotNull();
  }

  @Test
  void aWatchReplaysWhatCameAfterItsRevision() throws Exception {
    String namespace = cluster.namespace();
    map(namespace, "a", Map.of());
    String revision =
        client.configMaps().inNamespace(namespace).list().getMetadata().getResourceVersion();
    map(namespace, "b", Map.of());
    client.configMaps().inNamespace(namespace).withName("a").delete();
    Seen<ConfigMap> seen = new Seen<>();
    Watch watch =
        client
            .configMaps()
            .inNamespace(namespace)
            .watch(new ListOptionsBuilder().withResourceVersion(revision).build(), seen);
    until("both are seen", () -> seen.events.size() == 2);
    watch.close();
    assertThat(seen.events).containsExactly("ADDED b", "DELETED a");
  }

  @Test
  void aWatchFromBeforeTheHistoryEndsWith410() throws Exception {
    String namespace = cluster.namespace();
    String revision =
        client.configMaps().inNamespace(namespace).list().getMetadata().getResourceVersion();
    map(namespace, "a", Map.of());
    cluster.control().forgetHistory();
    Seen<ConfigMap> seen = new Seen<>();
    Watch watch =
        client
            .configMaps()
            .inNamespace(namespace)
            .watch(new ListOptionsBuilder().withResourceVersion(revision).build(), seen);
    assertThat(seen.ended.get(10, TimeUnit.SECONDS).isHttpGone()).isTrue();
    watch.close();
  }

  @Test
  void anInformerLosesNothingAlthoughHistoryIsForgottenAgainAndAgain() throws Exception {
    String namespace = cluster.namespace();
    try (SharedIndexInformer<ConfigMap> informer =
        client.configMaps().inNamespace(namespace).inform()) {
      for (int i = 0; i < 60; i++) {
        map(namespace, "m-" + i, Map.of());
        if (i % 2 == 0) {
          client.configMaps().inNamespace(namespace).withName("m-" + i).delete();
        }
        if (i % 20 == 10) {
          cluster.control().forgetHistory();
        }
      }
      until("30 are left", () -> informer.getStore().list().size() == 30);
      assertThat(informer.getStore().listKeys()).doesNotContain(namespace + "/m-0");
    }
  }

  @Test
  void selectorsChoose() {
    String namespace = cluster.namespace();
    map(namespace, "a", Map.of("app", "x", "tier", "front"));
    map(namespace, "b", Map.of("app", "y"));
    map(namespace, "c", Map.of("app", "z"));
    assertThat(
            client
                .configMaps()
                .inNamespace(namespace)
                .withLabelIn("app", "x", "y")
                .list()
                .getItems())
        .extracting(each -> each.getMetadata().getName())
        .containsExactly("a", "b");
    assertThat(client.configMaps().inNamespace(namespace).withoutLabel("tier").list().getItems())
        .hasSize(2);
    assertThat(
            client
                .configMaps()
                .inNamespace(namespace)
                .withField("metadata.name", "c")
                .list()
                .getItems())
        .hasSize(1);
    assertThat(
            codeOf(
                () -> client.configMaps().inNamespace(namespace).withField("data.a", "1").list()))
        .isEqualTo(400);
  }

  @Test
  void patchesOfAllKinds() {
    String namespace = cluster.namespace();
    map(namespace, "m", Map.of());
    var resource = client.configMaps().inNamespace(namespace).withName("m");
    resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"a\":null,\"b\":\"2\"}}");
    assertThat(resource.get().getData()).containsExactly(Map.entry("b", "2"));
    resource.patch(
        PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/data/c\",\"value\":\"3\"}]");
    assertThat(resource.get().getData()).containsEntry("c", "3");
    assertThat(
            codeOf(
                () ->
                    resource.patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"test\",\"path\":\"/data/c\",\"value\":\"4\"}]")))
        .isEqualTo(422);
    ConfigMap applied =
        client
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("m")
                    .withNamespace(namespace)
                    .endMetadata()
                    .withData(Map.of("d", "4"))
                    .build())
            .serverSideApply();
    assertThat(applied.getData()).containsKeys("b", "c", "d");
    assertThat(applied.getMetadata().getManagedFields()).hasSize(1);
  }

  @Test
  void anUnchangedUpdateKeepsTheRevisionAndADryRunKeepsNothing() {
    String namespace = cluster.namespace();
    ConfigMap first = map(namespace, "m", Map.of());
    assertThat(client.resource(first).update().getMetadata().getResourceVersion())
        .isEqualTo(first.getMetadata().getResourceVersion());
    client.resource(first).dryRun().delete();
    assertThat(client.configMaps().inNamespace(namespace).withName("m").get()).isNotNull();
  }

  @Test
  void aClaimsSpecificationIsImmutable() {
    String namespace = cluster.namespace();
    PersistentVolumeClaim claim =
        client
            .persistentVolumeClaims()
            .inNamespace(namespace)
            .resource(TestCluster.claim("c", "managed-csi"))
            .create();
    assertThatThrownBy(
            () ->
                client
                    .persistentVolumeClaims()
                    .inNamespace(namespace)
                    .withName("c")
                    .edit(
                        each -> {
                          each.getSpec().setStorageClassName("default");
                          return each;
                        }))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("spec is immutable");
    assertThat(claim.getMetadata().getFinalizers()).containsExactly("kubernetes.io/pvc-protection");
    assertThat(claim.getSpec().getVolumeMode()).isEqualTo("Filesystem");
  }
}
