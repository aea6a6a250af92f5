package io.arbitex.recovery.checks.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often containers had been started again at one moment. One look cannot tell a crash loop:
 * between two crashes a container runs.
 *
 * @param counts by the pod's uid and the container's name; a pod that is not in it is newer
 * @param error why they are not known; empty when they are
 */
public record RestartCounts(Map<String, Integer> counts, Optional<String> error) {
  /** They could not be read. */
  public static RestartCounts unknown(String why) {
    return new RestartCounts(Map.of(), Optional.of(why));
  }

  static RestartCounts of(List<Pod> pods) {
    Map<String, Integer> counts = new HashMap<>();
    for (Pod pod : pods) {
      for (ContainerStatus container : containers(pod)) {
        counts.put(key(pod, container), restarts(container));
      }
    }
    return new RestartCounts(Map.copyOf(counts), Optional.empty());
  }

  /** The containers of a pod that were started again since, each in words. */
  List<String> risen(Pod pod) {
    List<String> risen = new ArrayList<>();
    for (ContainerStatus container : containers(pod)) {
      int before = counts.getOrDefault(key(pod, container), 0);
      if (restarts(container) > before) {
        risen.add(
            "%s/%s: started again, %d restarts after %d"
                .formatted(
                    pod.getMetadata().getName(), container.getName(), restarts(container), before));
      }
    }
    return risen;
  }

  static List<ContainerStatus> containers(Pod pod) {
    if (pod.getStatus() == null) {
      return List.of();
    }
    List<ContainerStatus> all = new ArrayList<>(pod.getStatus().getInitContainerStatuses());
    all.addAll(pod.getStatus().getContainerStatuses());
    return all;
  }

  static int restarts(ContainerStatus container) {
    return container.getRestartCount() == null ? 0 : container.getRestartCount();
  }

  private static String key(Pod pod, ContainerStatus container) {
    return pod.getMetadata().getUid() + "/" + container.getName();
  }
}
