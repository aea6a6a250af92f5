package io.arbitex.recovery.lab.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.engine.Execution;
import io.arbitex.recovery.engine.ExecutionState;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.executors.ProcedureBench;
import io.arbitex.recovery.lab.azure.DiskCloud;
import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour.How;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cutover.volume} of workloads that KEDA scales and Argo CD keeps. */
class VolumeRivalsTest {
  private static final String KEDA = "autoscaling.keda.sh/paused";
  private static final String ARGO = "argocd.argoproj.io/skip-reconcile";
  private static final String PAUSED_BY = "recovery.arbitex.io/paused-by";

  @TempDir static Path folder;
  private static TestCluster cluster;
  private static DiskCloud cloud;
  private VolumeWorld world;
  private ProcedureBench bench;
  private Map<String, String> approved;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
    cloud = new DiskCloud(cluster.disks());
    for (String name : List.of("scaledobjects.keda.sh", "applications.argoproj.io")) {
      make(resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, name, Map.of()));
    }
  }

  @BeforeEach
  void deploy() throws Exception {
    world = new VolumeWorld(cluster, cloud, folder);
    world.snapshot("1");
    make(
        resource(
            "keda.sh/v1alpha1",
            "ScaledObject",
            world.namespace,
            "platform",
            Map.of("scaleTargetRef", Map.of("name", VolumeWorld.APP))));
    make(resource("argoproj.io/v1alpha1", "Application", world.namespace, "arbitex", Map.of()));
    cluster
        .client()
        .resource(world.claim())
        .edit(
            claim -> {
              claim
                  .getMetadata()
                  .getAnnotations()
                  .put("argocd.argoproj.io/tracking-id", world.namespace + "_arbitex:/claim");
              return claim;
            });
    bench = world.bench();
    bench.run(world.restore(Map.of()));
    approved = new LinkedHashMap<>(bench.factsOfEnd());
    approved.put("source-may-live", "true");
  }

  @AfterEach
  void clear() throws Exception {
    cluster.control().clearAll();
    world.app().delete();
  }

  @AfterAll
  static void stop() throws Exception {
    cloud.close();
    cluster.close();
  }

  @Test
  void theyArePausedMeanwhileAndGoOnAtTheEnd() throws Exception {
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.MAKING, "start-writers");
    assertThat(notes("ScaledObject")).containsEntry(KEDA, "true").containsKey(PAUSED_BY);
    assertThat(notes("Application")).containsEntry(ARGO, "true").containsKey(PAUSED_BY);
    assertThat(bench.drive(execution).outcome()).isEqualTo(Outcome.DONE);
    assertReleased();
    assertThat(world.replicas()).isEqualTo(2);
  }

  @Test
  void theyGoOnAfterAFailureAndWhatSomebodyElsePausedStaysPaused() throws Exception {
    note("ScaledObject", KEDA, "true");
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "bind-volume");
    assertThat(notes("Application")).containsEntry(ARGO, "true");
    execution.cancel();
    Next.Finished end = bench.drive(execution);
    assertThat(end.error().orElseThrow().getLeftBehind()).isEmpty();
    assertThat(notes("Application")).doesNotContainKeys(ARGO, PAUSED_BY);
    assertThat(notes("ScaledObject")).containsEntry(KEDA, "true").doesNotContainKey(PAUSED_BY);
    assertThat(world.claim().getSpec().getVolumeName()).isEqualTo(world.oldVolume);
  }

  @Test
  void aPauseThatCouldNotBeTakenBackIsTakenBackByTheNextAttempt() throws Exception {
    Execution execution = bench.start(world.cutover(approved));
    advanceTo(execution, ExecutionState.RECORDING, "pause-rivals");
    cluster.control().add(Misbehaviour.of("patch", "scaledobjects", How.FORBIDDEN, 0));
    execution.cancel();
    assertThat(bench.drive(execution).error().orElseThrow().getLeftBehind())
        .contains("let those go on");
    assertThat(notes("ScaledObject")).containsEntry(KEDA, "true");
    cluster.control().clearAll();
    Next.Finished end = bench.run(world.cutover(approved));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertReleased();
  }

  @Test
  void oneThatMayNotBePausedIsFoundBeforeAnythingIsTouched() throws Exception {
    cluster.control().add(Misbehaviour.of("patch", "scaledobjects", How.FORBIDDEN, 0));
    StepError error = bench.run(world.cutover(approved)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.AUTHENTICATION);
    assertThat(error.getMessage()).contains("patch scaledobjects.keda.sh/platform");
    cluster.control().clearAll();
    note("ScaledObject", "autoscaling.keda.sh/paused-replicas", "3");
    StepError held = bench.run(world.cutover(approved)).error().orElseThrow();
    assertThat(held.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(held.getMessage()).contains("holds arbitex-platform at 3");
    assertUntouched();
  }

  @Test
  void aSetThatDeletesItsClaimsIsFoundBeforeAnythingIsTouched() throws Exception {
    world.workload = "statefulset/set";
    cluster
        .client()
        .apps()
        .statefulSets()
        .inNamespace(world.namespace)
        .resource(
            new StatefulSetBuilder()
                .withNewMetadata()
                .withName("set")
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withServiceName("set")
                .withNewSelector()
                .withMatchLabels(Map.of("app", "set"))
                .endSelector()
                .withNewPersistentVolumeClaimRetentionPolicy("Retain", "Delete")
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "set"))
                .endMetadata()
                .withSpec(TestCluster.podWithClaim("set", VolumeWorld.CLAIM).getSpec())
                .endTemplate()
                .endSpec()
                .build())
        .create();
    StepError error = world.bench().run(world.cutover(approved)).error().orElseThrow();
    assertThat(error.getCode()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(error.getMessage()).contains("scaling set down deletes its claims");
    assertUntouched();
  }

  private void assertUntouched() {
    assertThat(notes("Application")).doesNotContainKeys(ARGO, PAUSED_BY);
    assertThat(world.replicas()).isEqualTo(2);
    assertThat(
            world
                .volume(world.oldVolume)
                .orElseThrow()
                .getSpec()
                .getPersistentVolumeReclaimPolicy())
        .isEqualTo("Delete");
  }

  private void assertReleased() {
    assertThat(notes("ScaledObject")).doesNotContainKeys(KEDA, PAUSED_BY);
    assertThat(notes("Application")).doesNotContainKeys(ARGO, PAUSED_BY);
  }

  private static GenericKubernetesResource resource(
      String apiVersion, String kind, String namespace, String name, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(apiVersion)
        .withKind(kind)
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  private static io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource> at(
      GenericKubernetesResource object) {
    String plural = object.getKind().toLowerCase(java.util.Locale.ROOT) + "s";
    var context =
        new io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext.Builder()
            .withGroup(object.getApiVersion().split("/", -1)[0])
            .withVersion(object.getApiVersion().split("/", -1)[1])
            .withKind(object.getKind())
            .withPlural(plural)
            .withNamespaced(object.getMetadata().getNamespace() != null)
            .build();
    var all = cluster.client().genericKubernetesResources(context);
    return object.getMetadata().getNamespace() == null
        ? all.resource(object)
        : all.inNamespace(object.getMetadata().getNamespace()).resource(object);
  }

  private static void make(GenericKubernetesResource object) {
    at(object).create();
  }

  private GenericKubernetesResource named(String kind) {
    return kind.equals("ScaledObject")
        ? resource("keda.sh/v1alpha1", kind, world.namespace, "platform", Map.of())
        : resource("argoproj.io/v1alpha1", kind, world.namespace, "arbitex", Map.of());
  }

  private void note(String kind, String annotation, String value) {
    at(named(kind))
        .edit(
            object -> {
              Map<String, String> notes = new LinkedHashMap<>();
              if (object.getMetadata().getAnnotations() != null) {
                notes.putAll(object.getMetadata().getAnnotations());
              }
              notes.put(annotation, value);
              object.getMetadata().setAnnotations(notes);
              return object;
            });
  }

  private Map<String, String> notes(String kind) {
    Map<String, String> notes = at(named(kind)).get().getMetadata().getAnnotations();
    return notes == null ? Map.of() : notes;
  }

  private static void advanceTo(Execution execution, ExecutionState state, String action)
      throws InterruptedException {
    while (execution.state() != state || !execution.currentAction().equals(action)) {
      Next next = execution.advance();
      assertThat(next).as(next.toString()).isNotInstanceOf(Next.Finished.class);
    }
  }
}
