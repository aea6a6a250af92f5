package io.arbitex.recovery.executors.helm;

import java.util.List;

/**
 * What Helm is asked to do.
 *
 * @param chart path of a folder or a packaged chart; empty where none is needed
 * @param values paths of files of values
 * @param kubeconfig its content, a secret; empty where no cluster is asked
 * @param description kept with the release
 */
record HelmRequest(
    Verb verb,
    String release,
    String namespace,
    String chart,
    List<String> values,
    String kubeconfig,
    String description) {
  /** In Helm's words. */
  enum Verb {
    TEMPLATE,
    INSTALL,
    UNINSTALL
  }
}
