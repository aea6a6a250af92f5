package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/**
 * Whether Argo CD or Flux keeps an object as a repository has it. What they leave on an object says
 * that they do, not whether they are suspended just now; that stands on objects of theirs, which
 * may be anywhere. So whoever has paused them says it on the object itself.
 */
final class GitOps {
  /** Argo CD, tracking by annotation or by label (its documentation, "Resource Tracking"). */
  private static final String ARGO_ID = "argocd.argoproj.io/tracking-id";

  private static final String ARGO_NAMESPACE = "argocd";
  private static final String ARGO_INSTANCE = "argocd.argoproj.io/instance";
  static final String ARGO_SKIP = "argocd.argoproj.io/skip-reconcile";
  private static final String FLUX_KUSTOMIZATION = "kustomize.toolkit.fluxcd.io/name";
  private static final String FLUX_RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile";
  private static final String FLUX_HELM = "helm.toolkit.fluxcd.io/name";
  private static final String PAUSED = RecoveryNotes.GITOPS_PAUSED;

  private GitOps() {}

  static void refuse(HasMetadata object) throws ActionFailure {
    if (is(object, PAUSED, "true")) {
      return;
    }
    String name = object.getKind() + " " + object.getMetadata().getName();
    Optional<String> argo =
        OwnedObject.note(object, ARGO_ID).or(() -> label(object, ARGO_INSTANCE));
    if (argo.isPresent() && !is(object, ARGO_SKIP, "true")) {
      throw refused(
          "Argo CD keeps " + name + " as its application has it (" + argo.get() + ")",
          "Pause the application ("
              + ARGO_SKIP
              + ": \"true\" on it, or its automated sync off), say so by the same annotation on"
              + " the object, and retry.");
    }
    Optional<String> kustomization = label(object, FLUX_KUSTOMIZATION);
    if (kustomization.isPresent() && !is(object, FLUX_RECONCILE, "disabled")) {
      throw refused(
          "Flux keeps " + name + " as its Kustomization " + kustomization.get() + " has it",
          "Annotate the object with "
              + FLUX_RECONCILE
              + ": disabled, or `flux suspend kustomization "
              + kustomization.get()
              + "` and annotate it with "
              + PAUSED
              + ": \"true\", and retry.");
    }
    Optional<String> release = label(object, FLUX_HELM);
    if (release.isPresent()) {
      throw refused(
          "Flux keeps " + name + " as its HelmRelease " + release.get() + " has it",
          "`flux suspend helmrelease "
              + release.get()
              + "`, annotate the object with "
              + PAUSED
              + ": \"true\", and retry.");
    }
  }

  /**
   * The application of Argo CD that keeps an object, by its tracking: {@code APP:…}, or {@code
   * NAMESPACE_APP:…} for one outside of Argo CD's own namespace. Empty when whoever has paused it
   * says so on the object.
   */
  static Optional<Rival> application(HasMetadata object) {
    if (is(object, PAUSED, "true") || is(object, ARGO_SKIP, "true")) {
      return Optional.empty();
    }
    return OwnedObject.note(object, ARGO_ID)
        .map(id -> id.substring(0, Math.max(id.indexOf(':'), 0)))
        .or(() -> label(object, ARGO_INSTANCE))
        .filter(name -> !name.isEmpty())
        .map(
            name -> {
              int split = name.indexOf('_');
              return new Rival(
                  ObjectKind.ARGO_APPLICATION,
                  split < 0 ? ARGO_NAMESPACE : name.substring(0, split),
                  name.substring(split + 1));
            });
  }

  private static boolean is(HasMetadata object, String annotation, String value) {
    return OwnedObject.note(object, annotation).equals(Optional.of(value));
  }

  private static Optional<String> label(HasMetadata object, String name) {
    Map<String, String> all = object.getMetadata().getLabels();
    return Optional.ofNullable(all == null ? null : all.get(name));
  }

  private static ActionFailure refused(String message, String hint) {
    return ActionFailure.permanent(FailureCode.PREFLIGHT, message, hint);
  }
}
