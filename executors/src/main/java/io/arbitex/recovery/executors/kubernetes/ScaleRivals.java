package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who would undo a scale-down: an autoscaler, KEDA, Argo CD, Flux. Nobody is paused from here: a
 * recovery is refused before it changes anything and says how to pause them, or pauses those that
 * it can by {@link RivalPause}.
 */
public final class ScaleRivals {
  private static final String KEDA_REPLICAS = "autoscaling.keda.sh/paused-replicas";
  static final String KEDA_PAUSED = "autoscaling.keda.sh/paused";

  private final ClusterSession session;

  public ScaleRivals(ClusterSession session) {
    this.session = session;
  }

  /**
   * Refuses a workload that somebody else scales.
   *
   * @throws ActionFailure PREFLIGHT naming who, and how to pause it
   */
  void refuse(HasMetadata workload) throws ActionFailure, InterruptedException {
    Optional<String> autoscaler = autoscaler(workload);
    if (autoscaler.isPresent()) {
      throw refused(
          "the HorizontalPodAutoscaler " + autoscaler.get() + " scales " + name(workload),
          "Delete it for the time of the recovery; a Redis with one replica needs none.");
    }
    refuseAtZero(workload);
  }

  /**
   * Refuses a workload that somebody else would scale up from 0. An autoscaler of Kubernetes does
   * not: at 0 replicas it is off until somebody scales up again (Kubernetes documentation,
   * "Implicit maintenance-mode deactivation").
   *
   * @throws ActionFailure PREFLIGHT naming who, and how to pause it
   */
  public void refuseAtZero(HasMetadata workload) throws ActionFailure, InterruptedException {
    String name = name(workload);
    Optional<String> keda = keda(workload);
    if (keda.isPresent()) {
      throw refused(
          "KEDA's ScaledObject " + keda.get() + " scales " + name,
          "Pause it for the time of the recovery: annotate it with " + KEDA_REPLICAS + ": \"0\".");
    }
    refuseGitOps(workload);
  }

  /**
   * Who would scale a workload up from 0, or make an object anew, and can be paused: KEDA, and Argo
   * CD by its application. One that a recovery has paused is still one: it is to be released.
   *
   * @throws ActionFailure PREFLIGHT for one that cannot be paused from here
   */
  public List<Rival> pausable(HasMetadata workload) throws ActionFailure, InterruptedException {
    List<Rival> rivals = new ArrayList<>();
    List<GenericKubernetesResource> scaled = scaledObjects(workload);
    refuseHeld(workload, scaled);
    scaled.stream()
        .filter(
            each -> !paused(each) || OwnedObject.note(each, RecoveryNotes.PAUSED_BY).isPresent())
        .map(each -> each.getMetadata().getName())
        .forEach(
            name -> rivals.add(new Rival(ObjectKind.SCALED_OBJECT, session.namespace(), name)));
    Optional<Rival> application = GitOps.application(workload);
    if (application.isPresent() && application.get().object(session).find().isPresent()) {
      rivals.add(application.get());
    } else {
      GitOps.refuse(workload);
    }
    return rivals;
  }

  /**
   * Refuses an object that Argo CD or Flux keeps as a repository has it: they would take back
   * whatever is changed. Nothing is asked for; its labels and annotations tell.
   *
   * @throws ActionFailure PREFLIGHT naming who, and how to pause it
   */
  public void refuseGitOps(HasMetadata object) throws ActionFailure {
    GitOps.refuse(object);
  }

  private static String name(HasMetadata workload) {
    return workload.getMetadata().getName();
  }

  private Optional<String> autoscaler(HasMetadata workload)
      throws ActionFailure, InterruptedException {
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
        .filter(each -> workload.getKind().equals(each.getSpec().getScaleTargetRef().getKind()))
        .filter(each -> name(workload).equals(each.getSpec().getScaleTargetRef().getName()))
        .map(each -> each.getMetadata().getName())
        .findFirst();
  }

  private Optional<String> keda(HasMetadata workload) throws ActionFailure, InterruptedException {
    return scaledObjects(workload).stream()
        .filter(each -> !paused(each))
        .map(each -> each.getMetadata().getName())
        .findFirst();
  }

  /** KEDA keeps a workload at the number of its pause, whatever somebody scales it to. */
  private static void refuseHeld(HasMetadata workload, List<GenericKubernetesResource> scaled)
      throws ActionFailure {
    for (GenericKubernetesResource each : scaled) {
      Optional<String> held = OwnedObject.note(each, KEDA_REPLICAS);
      if (held.filter(number -> !number.equals("0")).isPresent()) {
        throw refused(
            "KEDA's ScaledObject "
                + each.getMetadata().getName()
                + " holds "
                + name(workload)
                + " at "
                + held.get(),
            "Take its annotation " + KEDA_REPLICAS + " off, then retry.");
      }
    }
  }

  private List<GenericKubernetesResource> scaledObjects(HasMetadata workload)
      throws ActionFailure, InterruptedException {
    // A cluster without KEDA knows no such resource and answers 404.
    return session
        .find(
            "list scaledobjects.keda.sh",
            client ->
                client
                    .genericKubernetesResources(ObjectKind.SCALED_OBJECT.definition())
                    .inNamespace(session.namespace())
                    .list()
                    .getItems())
        .orElse(List.of())
        .stream()
        .filter(each -> workload.getKind().equals(kind(each)))
        .filter(each -> name(workload).equals(text(each, "spec", "scaleTargetRef", "name")))
        .toList();
  }

  /** KEDA takes a target without a kind for a Deployment. */
  private static String kind(GenericKubernetesResource scaled) {
    String kind = text(scaled, "spec", "scaleTargetRef", "kind");
    return kind.equals("null") ? "Deployment" : kind;
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
