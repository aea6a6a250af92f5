package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.SmokeTest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Runs commands in the platform's own pods (runbook, post-restore checklist: {@code kubectl exec}
 * of Alembic and of the smoke tests).
 */
public final class SmokeCheck {
  private static final int KEPT = 256 * 1024;
  private static final int TOLD = 200;
  private static final Pattern LOGIN = Pattern.compile("://[^@\\s/]*@");
  private static final Pattern NAMED_SECRET =
      Pattern.compile("(?i)((?:password|passwd|pwd|token|secret|key)\\s*[=:]\\s*)\\S+");

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
   * @param mustPrint what its output must contain; empty for nothing
   */
  public CheckResult run(SmokeTest test, Optional<String> mustPrint) throws InterruptedException {
    String check = "smoke:" + test.name();
    String expected =
        "exit status 0" + mustPrint.map(text -> ", its output names " + text).orElse("");
    try {
      Optional<Pod> pod =
          Rollout.of(client, namespace, test.in()).stream()
              .flatMap(rollout -> rollout.pods(client, namespace).stream())
              .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
              .filter(Readiness::isPodReady)
              .findFirst();
      return pod.isEmpty()
          ? CheckResult.of(check, false, expected, "no pod of " + test.in() + " is ready")
          : run(test, pod.get(), check, expected, mustPrint);
    } catch (KubernetesClientException e) {
      return CheckResult.error(check, expected, WorkloadCheck.said(e));
    }
  }

  private CheckResult run(
      SmokeTest test, Pod pod, String check, String expected, Optional<String> mustPrint)
      throws InterruptedException {
    Output output = new Output();
    String container =
        test.container().orElseGet(() -> pod.getSpec().getContainers().get(0).getName());
    try (ExecWatch exec =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod.getMetadata().getName())
            .inContainer(container)
            .writingOutput(output)
            .writingError(output)
            .exec(test.command().toArray(new String[0]))) {
      Integer status = exec.exitCode().get(test.timeout().toMillis(), TimeUnit.MILLISECONDS);
      if (status == null || status < 0) {
        return CheckResult.error(check, expected, "the connection was closed without a status");
      }
      String text = output.text();
      boolean printed = mustPrint.isEmpty() || text.contains(mustPrint.get());
      return CheckResult.of(
          check,
          status == 0 && printed,
          expected,
          "exit status "
              + status
              + (printed ? "" : ", its output does not name it")
              + (status == 0 && printed ? "" : told(text)));
    } catch (TimeoutException e) {
      return CheckResult.of(
          check, false, expected, "no end within " + test.timeout().toSeconds() + " s");
    } catch (ExecutionException e) {
      return CheckResult.error(check, expected, String.valueOf(e.getCause()));
    }
  }

  /** The last line, without what looks like a secret: results are kept for ever. */
  static String told(String output) {
    String last = output.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> b).strip();
    String safe = LOGIN.matcher(last).replaceAll("://***@");
    safe = NAMED_SECRET.matcher(safe).replaceAll("$1***");
    return safe.isEmpty() ? "" : ": " + safe.substring(0, Math.min(TOLD, safe.length()));
  }

  /** Keeps the beginning; the rest is dropped, whatever its size. */
  private static final class Output extends java.io.OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < KEPT) {
        kept.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      kept.write(bytes, offset, Math.min(length, KEPT - Math.min(KEPT, kept.size())));
    }

    synchronized String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
