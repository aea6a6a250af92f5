package io.arbitex.recovery.checks.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** Containers that crash again and again, as one look at their pods shows them. */
public final class CrashLoops {
  /** One restart, or two, may be a dependency that was late. */
  private static final int OFTEN = 3;

  private CrashLoops() {}

  /**
   * The containers in a crash loop, as {@code POD/CONTAINER}. Between two crashes such a container
   * runs; then it is known by its restarts as long as it does not get ready.
   */
  public static List<String> in(List<Pod> pods) {
    return pods.stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .flatMap(
            pod ->
                RestartCounts.containers(pod).stream()
                    .filter(CrashLoops::isLooping)
                    .map(each -> pod.getMetadata().getName() + "/" + each.getName()))
        .toList();
  }

  private static boolean isLooping(ContainerStatus container) {
    if (container.getState() != null && container.getState().getWaiting() != null) {
      return "CrashLoopBackOff".equals(container.getState().getWaiting().getReason());
    }
    return !Boolean.TRUE.equals(container.getReady())
        && RestartCounts.restarts(container) >= OFTEN
        && container.getState() != null
        && container.getState().getRunning() != null
        && container.getLastState() != null
        && container.getLastState().getTerminated() != null
        && !Integer.valueOf(0).equals(container.getLastState().getTerminated().getExitCode());
  }
}
