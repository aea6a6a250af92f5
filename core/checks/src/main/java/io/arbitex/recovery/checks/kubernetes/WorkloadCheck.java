package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether workloads run as they should (runbook, post-restore checklist and section 2). */
public final class WorkloadCheck {
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** Reasons for which a container waits that do not pass by themselves. */
  private static final Set<String> STUCK =
      Set.of(
          "CrashLoopBackOff",
          "ImagePullBackOff",
          "ErrImagePull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private final KubernetesClient client;
  private final String namespace;

  public WorkloadCheck(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * PASS when the newest change is rolled out and all replicas are ready. Check: {@code
   * rollout:WORKLOAD}.
   *
   * @param patience how long it may take until then, as {@code kubectl rollout status} waits too
   */
  public CheckResult rollout(Workload workload, Duration patience) throws InterruptedException {
    String check = "rollout:" + workload;
    String expected = "all replicas new and ready";
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        Optional<Rollout> rollout = Rollout.of(client, namespace, workload);
        boolean complete = rollout.filter(Rollout::complete).isPresent();
        if (complete || System.nanoTime() - end >= 0) {
          return CheckResult.of(
              check, complete, expected, rollout.map(Rollout::text).orElse("there is none"));
        }
      } catch (KubernetesClientException e) {
        if (System.nanoTime() - end >= 0) {
          return CheckResult.error(check, expected, said(e));
        }
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  /** How often the containers of these workloads have been started again until now. */
  public RestartCounts restarts(Collection<Workload> workloads) {
    try {
      return RestartCounts.of(pods(workloads));
    } catch (KubernetesClientException e) {
      return RestartCounts.unknown(said(e));
    }
  }

  /**
   * PASS when no container of these workloads is in a crash loop, cannot start, or was started
   * again since {@code before}. Check: {@code no-crash-loop}.
   *
   * @param before counts from when the proof began; when they are not known, this is an ERROR
   */
  public CheckResult noCrashLoop(Collection<Workload> workloads, RestartCounts before) {
    String check = "no-crash-loop";
    String expected = "no container that cannot start or was started again since the suite began";
    try {
      List<Pod> pods = pods(workloads);
      List<String> bad = new ArrayList<>();
      for (Pod pod : pods) {
        stuck(pod).ifPresent(bad::add);
        if (before.error().isEmpty()) {
          bad.addAll(before.risen(pod));
        }
      }
      if (bad.isEmpty() && before.error().isPresent()) {
        return CheckResult.error(
            check, expected, "when the suite began: " + before.error().orElseThrow());
      }
      return CheckResult.of(
          check,
          bad.isEmpty(),
          expected,
          bad.isEmpty() ? pods.size() + " pods" : String.join(", ", bad));
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, said(e));
    }
  }

  private List<Pod> pods(Collection<Workload> workloads) {
    List<Pod> pods = new ArrayList<>();
    for (Workload workload : workloads) {
      Rollout.of(client, namespace, workload)
          .ifPresent(rollout -> pods.addAll(rollout.pods(client, namespace)));
    }
    return pods;
  }

  private static Optional<String> stuck(Pod pod) {
    return RestartCounts.containers(pod).stream()
        .filter(each -> each.getState() != null && each.getState().getWaiting() != null)
        .filter(each -> STUCK.contains(each.getState().getWaiting().getReason()))
        .findFirst()
        .map(
            each ->
                pod.getMetadata().getName()
                    + "/"
                    + each.getName()
                    + ": "
                    + each.getState().getWaiting().getReason()
                    + ", "
                    + each.getRestartCount()
                    + " restarts");
  }

  /** What a refused request says, in one line. */
  public static String said(KubernetesClientException error) {
    String words =
        error.getStatus() != null && error.getStatus().getMessage() != null
            ? error.getStatus().getMessage()
            : String.valueOf(error.getMessage());
    return (error.getCode() > 0 ? "HTTP " + error.getCode() + ", " : "")
        + words.lines().findFirst().orElse("");
  }
}
