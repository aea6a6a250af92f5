package io.arbitex.recovery.executors.helm;

/**
 * What Helm has answered.
 *
 * @param error in Helm's words; null when there is none
 * @param manifest what a chart renders to; empty where that was not asked
 * @param chart the chart's own description, in YAML; empty where that was not asked
 */
record HelmAnswer(String error, String manifest, String chart) {
  static HelmAnswer done() {
    return new HelmAnswer(null, "", "");
  }
}
