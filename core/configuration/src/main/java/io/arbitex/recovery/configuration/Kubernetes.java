package io.arbitex.recovery.configuration;

import java.util.Optional;

/**
 * The cluster that a platform's workloads run in.
 *
 * @param kubeconfig a kubeconfig file, read anew for each command, so that a rotated one counts
 * @param context of the kubeconfig; empty for its current one
 * @param namespace of the platform's workloads
 */
public record Kubernetes(SecretReference kubeconfig, Optional<String> context, String namespace) {

  static Kubernetes of(Section section) {
    Kubernetes read =
        new Kubernetes(
            section.secret("kubeconfig"),
            section.optionalText("context"),
            section.text("namespace"));
    section.close();
    return read;
  }
}
