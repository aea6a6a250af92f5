package io.arbitex.recovery.detector.clusters;

import java.util.List;

/**
 * What the cluster said at one moment.
 *
 * @param ready answer to {@code /readyz}
 * @param nodesAsked answer to the list of nodes
 * @param nodes what it holds; empty where it is none
 * @param podsAsked answer to the list of the platform's pods
 * @param crashLoops containers in a crash loop, as {@code POD/CONTAINER}
 */
record ClusterView(
    Answer ready,
    Answer nodesAsked,
    List<NodeView> nodes,
    Answer podsAsked,
    List<String> crashLoops) {
  ClusterView {
    nodes = List.copyOf(nodes);
    crashLoops = List.copyOf(crashLoops);
  }
}
