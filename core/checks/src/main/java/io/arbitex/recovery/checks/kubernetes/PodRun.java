package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.configuration.SmokeTest;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How a command in a pod ended.
 *
 * @param status its exit status; empty when none came
 * @param late whether its time was over before
 * @param failure why no status came, without anything that a request or an answer holds
 * @param mayPass whether the failure is one of a container that is not there just now
 * @param output what it printed; never told
 * @param byHand the command line that shows it to a person
 */
record PodRun(
    OptionalInt status,
    boolean late,
    String failure,
    boolean mayPass,
    String output,
    String byHand) {
  private static final int KEPT = 256 * 1024;

  /**
   * Runs it.
   *
   * @param limit after it the connection is closed
   */
  static PodRun of(ContainerResource in, SmokeTest test, Duration limit, String byHand)
      throws InterruptedException {
    Output output = new Output();
    try (ExecWatch exec =
        in.writingOutput(output).writingError(output).exec(test.command().toArray(new String[0]))) {
      Integer status = exec.exitCode().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return status == null || status < 0
          ? failed("the connection was closed without a status", true, output, byHand)
          : new PodRun(OptionalInt.of(status), false, "", false, output.text(), byHand);
    } catch (TimeoutException e) {
      return new PodRun(
          OptionalInt.empty(),
          true,
          "no end within " + test.timeout().toSeconds() + " s",
          false,
          output.text(),
          byHand);
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause(), output, byHand);
    } catch (KubernetesClientException e) {
      return failed(e, output, byHand);
    }
  }

  /** The class and the HTTP status only: messages of the client hold the whole request. */
  private static PodRun failed(Throwable cause, Output output, String byHand) {
    int code = code(cause);
    // A request that was refused as such is refused again; a pod or container may be there soon.
    boolean mayPass = code == 0 || code == 404 || code >= 500;
    return failed(
        cause.getClass().getSimpleName() + (code > 0 ? ", HTTP " + code : ""),
        mayPass,
        output,
        byHand);
  }

  private static PodRun failed(String why, boolean mayPass, Output output, String byHand) {
    return new PodRun(OptionalInt.empty(), false, why, mayPass, output.text(), byHand);
  }

  private static int code(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof KubernetesClientException known && known.getCode() > 0) {
        return known.getCode();
      }
      if (each instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().code();
      }
    }
    return 0;
  }

  /** Whether there is no sign that it ran at all, and it may now. */
  boolean nothingSeen() {
    return mayPass && output.isEmpty();
  }

  /**
   * What it proves.
   *
   * @param mustPrint what its output must contain; empty for nothing
   */
  CheckResult judge(String check, String expected, Optional<String> mustPrint) {
    if (status.isEmpty()) {
      String told = failure + see();
      return late
          ? CheckResult.of(check, false, expected, told)
          : CheckResult.error(check, expected, told);
    }
    boolean printed = mustPrint.isEmpty() || output.contains(mustPrint.get());
    boolean good = status.getAsInt() == 0 && printed;
    return CheckResult.of(
        check,
        good,
        expected,
        "exit status "
            + status.getAsInt()
            + (printed ? "" : ", its output does not name it")
            + (good ? "" : see()));
  }

  private String see() {
    return "; to see what it prints: " + byHand;
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
