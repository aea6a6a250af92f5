package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A command in a container, under a limit. A connection that was closed without a status is a
 * failure here, although the client takes it for a normal end: nobody knows what the command did.
 */
public final class PodCommand {
  private static final long POLL_MILLIS = 100;

  /** The client splits what is written into frames; small ones, so that a limit is seen soon. */
  private static final int CHUNK = 64 * 1024;

  private final ClusterSession session;
  private final String pod;
  private final String container;

  /**
   * @param container of the pod
   */
  public PodCommand(ClusterSession session, String pod, String container) {
    this.session = session;
    this.pod = pod;
    this.container = container;
  }

  /**
   * What a command gave.
   *
   * @param status its exit status
   */
  public record Result(int status, String output, String errors) {
    public boolean good() {
      return status == 0;
    }

    /** The end of what it said of its error, in one line. */
    public String why() {
      String said = errors.isBlank() ? output : errors;
      String line = said.strip().replaceAll("\\s*\\R\\s*", " | ");
      return "exit status " + status + (line.isEmpty() ? "" : ": " + tail(line));
    }

    private static String tail(String line) {
      return line.length() <= 600 ? line : "… " + line.substring(line.length() - 600);
    }
  }

  /** Runs a command without input. */
  public Result run(ActionContext context, Duration limit, List<String> words)
      throws ActionFailure, InterruptedException {
    return run(context, limit, words, InputStream.nullInputStream());
  }

  /**
   * Runs a command.
   *
   * @param limit after it the connection is closed; the command may run on, if it does not notice
   * @param input handed to it; it must know by itself where its input ends, since the end of the
   *     input cannot be told to it without losing its exit status
   * @throws ActionFailure when it was refused, cut, or took too long; not for its exit status
   */
  public Result run(ActionContext context, Duration limit, List<String> words, InputStream input)
      throws ActionFailure, InterruptedException {
    String what = "create pods/exec in " + pod;
    long end = System.nanoTime() + Patience.least(limit, context.remaining()).toNanos();
    PodOutput output = new PodOutput();
    PodOutput errors = new PodOutput();
    try (ExecWatch exec =
        session
            .client()
            .pods()
            .inNamespace(session.namespace())
            .withName(pod)
            .inContainer(container)
            .redirectingInput()
            .writingOutput(output)
            .writingError(errors)
            .exec(words.toArray(new String[0]))) {
      feed(context, what, exec, input, end);
      int status = await(context, what, exec, end);
      return new Result(status, output.text(), errors.text());
    } catch (KubernetesClientException e) {
      throw ClusterErrors.of(what, e);
    }
  }

  private void feed(ActionContext context, String what, ExecWatch exec, InputStream input, long end)
      throws ActionFailure {
    byte[] chunk = new byte[CHUNK];
    // Not closed here: to close the input is to close the connection, and the status is lost.
    OutputStream sink = exec.getInput();
    try {
      for (int n = input.read(chunk); n >= 0; n = input.read(chunk)) {
        if (exec.exitCode().isDone()) {
          return;
        }
        sink.write(chunk, 0, n);
        sink.flush();
        Patience.refuseIfCancelled(context);
        refuseIfLate(what, end);
      }
    } catch (IOException e) {
      if (!exec.exitCode().isDone()) {
        throw cut(what, e);
      }
    }
  }

  private static int await(ActionContext context, String what, ExecWatch exec, long end)
      throws ActionFailure, InterruptedException {
    while (true) {
      try {
        Integer status = exec.exitCode().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (status == null || status < 0) {
          throw cut(what, null);
        }
        return status;
      } catch (TimeoutException e) {
        Patience.refuseIfCancelled(context);
        refuseIfLate(what, end);
      } catch (ExecutionException e) {
        if (ClusterErrors.code(e) > 0) {
          throw ClusterErrors.of(what, e.getCause());
        }
        throw cut(what, e.getCause());
      }
    }
  }

  private static void refuseIfLate(String what, long end) throws ActionFailure {
    if (System.nanoTime() - end >= 0) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          what + ": the command took longer than it may, and was left",
          "See in the pod what it waits for: disk, memory.",
          true,
          new TimeoutException(what));
    }
  }

  /** Whether a command failed since it took longer than it may. */
  public static boolean wasLate(ActionFailure failure) {
    return failure.getCause() instanceof TimeoutException;
  }

  private static ActionFailure cut(String what, Throwable cause) {
    return new ActionFailure(
        FailureCode.TARGET_UNREACHABLE,
        what + ": the connection was closed without a status" + (cause == null ? "" : ": " + cause),
        "See whether the pod and the path to the API server are stable; it is tried again.",
        true,
        cause);
  }

  /** Keeps the beginning of a stream; what is more than anybody reads is dropped. */
  private static final class PodOutput extends OutputStream {
    private static final int KEPT = 4 * 1024 * 1024;

    private final java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();

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
