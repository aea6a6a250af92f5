package io.arbitex.recovery.detector.clusters;

import java.util.List;

/**
 * A node, as the cluster has it.
 *
 * @param ready whether its kubelet reports and takes pods
 * @param pressures conditions beside Ready that are bad, by name: {@code DiskPressure}
 */
record NodeView(String name, boolean ready, List<String> pressures) {
  NodeView {
    pressures = List.copyOf(pressures);
  }
}
