package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.SmokeTest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs commands in the platform's own pods (runbook, post-restore checklist: {@code kubectl exec}
 * of Alembic and of the smoke tests). What they print is read, never told: results are kept for
 * ever, and no pattern knows every form of a secret.
 */
public final class SmokeCheck {
  private static final Pattern PLAIN = Pattern.compile("[\\w./:=@%+,-]+");

  /** For the kubelet to tell of a container that has just ended, when there is no other pod. */
  private static final Duration SAME_POD_PAUSE = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final String namespace;

  public SmokeCheck(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * PASS when the command ends with status 0 in time. A connection that was closed without a status
   * is an ERROR: nobody knows what the command did. Check: {@code smoke:NAME}.
   *
   * <p>A pod that is ready may have a container that has just ended. So when the connection was
   * closed without a status and nothing was printed, it is tried once more within the same timeout.
   * The command may have run all the same, and then it runs twice: it must be repeatable.
   *
   * @param head what the output of a test that prints the head must contain
   */
  public CheckResult run(SmokeTest test, AlembicHead head) throws InterruptedException {
    String check = "smoke:" + test.name();
    boolean compared = test.printsAlembicHead() && head.restored();
    if (compared && head.value().isEmpty()) {
      return CheckResult.error(
          check,
          "exit status 0, its output names the Alembic head of the restore point",
          "the restore point names no Alembic head to compare with");
    }
    String expected = "exit status 0" + ofHead(test, head);
    long end = System.nanoTime() + test.timeout().toNanos();
    try {
      Optional<Pod> first = readyPod(test, Optional.empty());
      if (first.isEmpty()) {
        return CheckResult.of(check, false, expected, "no pod of " + test.in() + " is ready");
      }
      PodRun ran = run(test, first.get(), end);
      if (ran.nothingSeen()) {
        Optional<Pod> second = readyPod(test, first);
        if (second.map(SmokeCheck::name).equals(first.map(SmokeCheck::name))) {
          Thread.sleep(Math.min(SAME_POD_PAUSE.toMillis(), millisUntil(end)));
          second = readyPod(test, first);
        }
        if (second.isPresent()) {
          ran = run(test, second.get(), end);
        }
      }
      return ran.judge(check, expected, compared ? head.value() : Optional.empty());
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, WorkloadCheck.said(e));
    }
  }

  private static String ofHead(SmokeTest test, AlembicHead head) {
    if (!test.printsAlembicHead()) {
      return "";
    }
    return head.value()
        .map(value -> ", its output names " + value)
        .orElse("; no database was restored, so no Alembic head is compared");
  }

  /** One whose pods are ready; another one than that before, where there is one. */
  private Optional<Pod> readyPod(SmokeTest test, Optional<Pod> before) {
    List<Pod> ready =
        Rollout.of(client, namespace, test.in()).stream()
            .flatMap(rollout -> rollout.pods(client, namespace).stream())
            .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
            .filter(Readiness::isPodReady)
            .toList();
    return ready.stream()
        .filter(each -> !before.map(SmokeCheck::name).equals(Optional.of(name(each))))
        .findFirst()
        .or(() -> ready.stream().findFirst());
  }

  private PodRun run(SmokeTest test, Pod pod, long end) throws InterruptedException {
    String container =
        test.container().orElseGet(() -> pod.getSpec().getContainers().get(0).getName());
    return PodRun.of(
        client.pods().inNamespace(namespace).withName(name(pod)).inContainer(container),
        test,
        Duration.ofMillis(millisUntil(end)),
        byHand(test, pod, container));
  }

  /** How a person sees what it prints. */
  private String byHand(SmokeTest test, Pod pod, String container) {
    return "kubectl -n %s exec %s -c %s -- %s"
        .formatted(
            namespace,
            name(pod),
            container,
            test.command().stream().map(SmokeCheck::quoted).collect(Collectors.joining(" ")));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  private static long millisUntil(long end) {
    return Math.max(0, (end - System.nanoTime()) / 1_000_000);
  }
}
