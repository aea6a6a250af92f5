package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who would undo a scale-down: an autoscaler, KEDA, Argo CD. They are not paused from here; a
 * recovery is refused before it changes anything, and says how to pause them.
 */
final class ScaleRivals {
  private static final String KIND = "StatefulSet";
  private static final String ARGO_ID = "argocd.argoproj.io/tracking-id";
  private static final String ARGO_SKIP = "argocd.argoproj.io/skip-reconcile";
  private static final String KEDA_REPLICAS = "autoscaling.keda.sh/paused-replicas";
  private static final String KEDA_PAUSED = "autoscaling.keda.sh/paused";

  private static final ResourceDefinitionContext SCALED_OBJECTS =
      new ResourceDefinitionContext.Builder()
          .withGroup("keda.sh")
          .withVersion("v1alpha1")
          .withKind("ScaledObject")
          .withPlural("scaledobjects")
          .withNamespaced(true)
          .build();

  private final ClusterSession session;

  ScaleRivals(ClusterSession session) {
    this.session = session;
  }

  /**
   * Refuses a set that somebody else scales.
   *
   * @throws ActionFailure PREFLIGHT naming who, and how to pause it
   */
  void refuse(StatefulSet set) throws ActionFailure, InterruptedException {
    String name = set.getMetadata().getName();
    Optional<String> autoscaler = autoscaler(name);
    if (autoscaler.isPresent()) {
      throw refused(
          "the HorizontalPodAutoscaler " + autoscaler.get() + " scales " + name,
          "Delete it for the time of the recovery; a Redis with one replica needs none.");
    }
    Optional<String> keda = keda(name);
    if (keda.isPresent()) {
      throw refused(
          "KEDA's ScaledObject " + keda.get() + " scales " + name,
          "Pause it for the time of the recovery: annotate it with " + KEDA_REPLICAS + ": \"0\".");
    }
    Optional<String> argo = ScaledSet.note(set, ARGO_ID);
    if (argo.isPresent() && !ScaledSet.note(set, ARGO_SKIP).equals(Optional.of("true"))) {
      throw refused(
          "Argo CD keeps " + name + " as its application has it (" + argo.get() + ")",
          "Pause the application ("
              + ARGO_SKIP
              + ": \"true\" on it, or its automated sync off), say so by the same annotation on the"
              + " StatefulSet, and retry.");
    }
  }

  private Optional<String> autoscaler(String name) throws ActionFailure, InterruptedException {
    List<HorizontalPodAutoscaler> all =
        session.ask(
            "list horizontalpodautoscalers.autoscaling",
            client ->
                client
                    .autoscaling()
                    .v2()
                    .horizontalPodAutoscalers()
                    .inNamespace(session.namespace())
                    .list()
                    .getItems());
    return all.stream()
        .filter(each -> KIND.equals(each.getSpec().getScaleTargetRef().getKind()))
        .filter(each -> name.equals(each.getSpec().getScaleTargetRef().getName()))
        .map(each -> each.getMetadata().getName())
        .findFirst();
  }

  private Optional<String> keda(String name) throws ActionFailure, InterruptedException {
    // A cluster without KEDA knows no such resource and answers 404.
    return session
        .find(
            "list scaledobjects.keda.sh",
            client ->
                client
                    .genericKubernetesResources(SCALED_OBJECTS)
                    .inNamespace(session.namespace())
                    .list()
                    .getItems())
        .orElse(List.of())
        .stream()
        .filter(each -> KIND.equals(text(each, "spec", "scaleTargetRef", "kind")))
        .filter(each -> name.equals(text(each, "spec", "scaleTargetRef", "name")))
        .filter(each -> !paused(each))
        .map(each -> each.getMetadata().getName())
        .findFirst();
  }

  private static String text(GenericKubernetesResource resource, Object... path) {
    Object found = resource.get(path);
    return String.valueOf(found);
  }

  private static boolean paused(GenericKubernetesResource resource) {
    Map<String, String> notes = resource.getMetadata().getAnnotations();
    return notes != null
        && ("0".equals(notes.get(KEDA_REPLICAS)) || "true".equals(notes.get(KEDA_PAUSED)));
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
