package io.arbitex.recovery.executors.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitOpsTest {
  private static Secret secret(Map<String, String> labels, Map<String, String> annotations) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName("arbitex-secrets")
        .withLabels(labels)
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "argocd.argoproj.io/instance, Argo CD keeps, argocd.argoproj.io/skip-reconcile",
    "kustomize.toolkit.fluxcd.io/name, Flux keeps, flux suspend kustomization arbitex",
    "helm.toolkit.fluxcd.io/name, Flux keeps, flux suspend helmrelease arbitex"
  })
  void whatALabelSaysIsKeptByARepositoryIsRefusedWithTheWayToPauseIt(
      String label, String who, String hint) {
    assertThatThrownBy(() -> GitOps.refuse(secret(Map.of(label, "arbitex"), Map.of())))
        .isInstanceOfSatisfying(
            ActionFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.PREFLIGHT);
              assertThat(failure).hasMessageContaining(who).hasMessageContaining("arbitex");
              assertThat(failure.hint()).contains(hint);
            });
    assertThatCode(
            () ->
                GitOps.refuse(
                    secret(
                        Map.of(label, "arbitex"),
                        Map.of("recovery.arbitex.io/gitops-paused", "true"))))
        .doesNotThrowAnyException();
  }

  @Test
  void argosAnnotationIsSeenAndItsOwnPauseBelieved() {
    Map<String, String> tracked = Map.of("argocd.argoproj.io/tracking-id", "arbitex:/Secret");
    assertThatThrownBy(() -> GitOps.refuse(secret(Map.of(), tracked)))
        .hasMessageContaining("arbitex:/Secret");
    Map<String, String> paused = Map.of("argocd.argoproj.io/skip-reconcile", "true");
    assertThatCode(
            () -> GitOps.refuse(secret(Map.of("argocd.argoproj.io/instance", "arbitex"), paused)))
        .doesNotThrowAnyException();
  }

  @Test
  void aKustomizationThatLeavesTheObjectAloneIsNoRivalButAHelmReleaseStaysOne() {
    Map<String, String> disabled = Map.of("kustomize.toolkit.fluxcd.io/reconcile", "disabled");
    assertThatCode(
            () -> GitOps.refuse(secret(Map.of("kustomize.toolkit.fluxcd.io/name", "a"), disabled)))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> GitOps.refuse(secret(Map.of("helm.toolkit.fluxcd.io/name", "a"), disabled)))
        .hasMessageContaining("HelmRelease");
  }

  @Test
  void anObjectOfNobodyPasses() {
    assertThatCode(() -> GitOps.refuse(secret(null, null))).doesNotThrowAnyException();
  }
}
