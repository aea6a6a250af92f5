package io.arbitex.recovery.executors.helm;

import java.util.List;

/**
 * What Helm has answered.
 *
 * @param error in Helm's words; null when there is none
 * @param manifest what a chart renders to; empty where that was not asked
 * @param releases of the namespace, where they were asked for
 */
record HelmAnswer(String error, String manifest, List<Release> releases) {
  /**
   * A release.
   *
   * @param status in Helm's words
   * @param chart name and version
   */
  record Release(String name, String status, String chart) {}

  static HelmAnswer done() {
    return new HelmAnswer(null, "", List.of());
  }
}
