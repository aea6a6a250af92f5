package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.Workload;
import io.fabric8.kubernetes.api.model.ContainerStatus;
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

  /**
   * PASS when no container of these workloads is in a crash loop or cannot start. Check: {@code
   * no-crash-loop}.
   */
  public CheckResult noCrashLoop(Collection<Workload> workloads) {
    String check = "no-crash-loop";
    String expected = "no container that cannot start";
    try {
      List<String> stuck = new ArrayList<>();
      int pods = 0;
      for (Workload workload : workloads) {
        Optional<Rollout> rollout = Rollout.of(client, namespace, workload);
        if (rollout.isPresent()) {
          for (Pod pod : rollout.get().pods(client, namespace)) {
            pods++;
            stuck(pod).ifPresent(stuck::add);
          }
        }
      }
      return CheckResult.of(
          check,
          stuck.isEmpty(),
          expected,
          stuck.isEmpty() ? pods + " pods" : String.join(", ", stuck));
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, said(e));
    }
  }

  private static Optional<String> stuck(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    List<ContainerStatus> all = new ArrayList<>(pod.getStatus().getInitContainerStatuses());
    all.addAll(pod.getStatus().getContainerStatuses());
    return all.stream()
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

  static String said(KubernetesClientException error) {
    String words =
        error.getStatus() != null && error.getStatus().getMessage() != null
            ? error.getStatus().getMessage()
            : String.valueOf(error.getMessage());
    return (error.getCode() > 0 ? "HTTP " + error.getCode() + ", " : "")
        + words.lines().findFirst().orElse("");
  }
}
