package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.schemas.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a PostgreSQL tool, niced so that it never starves heartbeats, under a time limit,
 * ended on cancel. A dump is fed through its standard input: the bytes that are checked are the
 * bytes that are used, progress is exact, and a tool whose executor was killed meets the end of its
 * input instead of running on.
 */
final class ToolProcess {
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final int BUFFER = 256 * 1024;
  private static final int KEPT_OUTPUT = 16 * 1024 * 1024;
  private static final int KEPT_ERRORS = 4_000;
  private static final long POLL_MILLIS = 50;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ToolProcess.class);

  private ToolProcess() {}

  /** Told how many bytes the tool has been fed, often; what it throws ends the tool. */
  @FunctionalInterface
  interface Watch {
    void fed(long bytes) throws ActionFailure;
  }

  /**
   * What a run gave.
   *
   * @param errors the end of its standard error, in one line, without what can quote rows
   * @param whole the same with everything; for this process alone, never into a record
   * @param fed bytes of the dump that were read; all of it, unless the run was ended
   * @param sha256 of those bytes
   */
  record Result(int status, String output, String errors, String whole, long fed, String sha256) {}

  /** The tool took longer than it may. */
  static final class TimedOut extends Exception {
    private static final long serialVersionUID = 1L;

    TimedOut(String message) {
      super(message);
    }
  }

  /**
   * Runs a tool to its end.
   *
   * @param environment added to the child's; passwords go here, never into the arguments
   * @param input fed to it; null for none
   * @param limit after it the tool is killed
   * @param progress watches it
   * @throws ActionFailure when it cannot be started, its input cannot be read, or it was cancelled
   */
  static Result run(
      ActionContext context,
      List<String> command,
      Map<String, String> environment,
      Path input,
      Duration limit,
      Watch progress)
      throws ActionFailure, TimedOut, InterruptedException {
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      words.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    String name = Path.of(command.get(0)).getFileName().toString();
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "cannot start " + command.get(0) + ": " + e.getMessage(),
          "Install the PostgreSQL client tools where 'tools' of the inventory points.",
          false,
          e);
    }
    Feed feed = new Feed(input, process.getOutputStream());
    try {
      Collector output = new Collector(process.getInputStream(), KEPT_OUTPUT);
      Collector errors = new Collector(process.getErrorStream(), KEPT_ERRORS);
      Thread[] threads = {
        start(feed, name + "-feed"), start(output, name + "-out"), start(errors, name + "-err")
      };
      await(context, process, name, limit, feed, progress);
      for (Thread thread : threads) {
        thread.join();
      }
      if (feed.failure.get() != null) {
        IOException e = feed.failure.get();
        throw new ActionFailure(
            FailureCode.TOOL_FAILED,
            "the dump " + input + " cannot be read: " + e,
            "See to the disk or the share that the dump is on.",
            false,
            e);
      }
      String whole = errors.text();
      if (process.exitValue() != 0) {
        // Here and nowhere else: a tool's error may quote rows of customers.
        log.warn("{} ended with {}: {}", name, process.exitValue(), whole);
      }
      return new Result(
          process.exitValue(),
          output.text(),
          ToolErrors.withoutRows(whole),
          whole,
          feed.bytes,
          feed.sha256());
    } finally {
      feed.stop();
      end(process);
    }
  }

  private static void await(
      ActionContext context,
      Process process,
      String name,
      Duration limit,
      Feed feed,
      Watch progress)
      throws ActionFailure, TimedOut, InterruptedException {
    long started = System.nanoTime();
    while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      progress.fed(feed.bytes);
      if (context.cancelled()) {
        end(process);
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED, name + " was ended, since the step was cancelled", "Nothing.");
      }
      if (System.nanoTime() - started > limit.toNanos()) {
        end(process);
        throw new TimedOut(name + " took longer than " + limit.toSeconds() + " s and was ended");
      }
    }
    progress.fed(feed.bytes);
  }

  private static void end(Process process) throws InterruptedException {
    if (process.isAlive()) {
      process.destroy();
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static Thread start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Reads the dump to its end, even when the tool has stopped reading, so that the sum is whole.
   */
  private static final class Feed implements Runnable {
    private final Path input;
    private final OutputStream target;
    private final MessageDigest digest = Digests.newSha256();
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private volatile long bytes;
    private volatile boolean stopped;

    Feed(Path input, OutputStream target) {
      this.input = input;
      this.target = target;
    }

    @Override
    public void run() {
      boolean taken = true;
      try (InputStream in =
          input == null ? InputStream.nullInputStream() : Files.newInputStream(input)) {
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        for (int read = in.read(buffer); read >= 0 && !stopped; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
          byte[] chunk = buffer;
          int length = read;
          taken = taken && hand(() -> target.write(chunk, 0, length));
          total += read;
          bytes = total;
        }
      } catch (IOException e) {
        failure.set(e);
      } finally {
        hand(target::close);
      }
    }

    @FunctionalInterface
    private interface Handing {
      void run() throws IOException;
    }

    /** False once the tool has closed its end; why it did, its exit status says. */
    private static boolean hand(Handing handing) {
      try {
        handing.run();
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    void stop() {
      stopped = true;
    }

    String sha256() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /** Keeps the end of a stream. */
  private static final class Collector implements Runnable {
    private final InputStream in;
    private final int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Collector(InputStream in, int most) {
      this.in = in;
      this.most = most;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8_192];
      try (in) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          synchronized (kept) {
            if (kept.size() + read > most) {
              kept.reset();
            }
            kept.write(buffer, 0, Math.min(read, most));
          }
        }
      } catch (IOException e) {
        synchronized (kept) {
          kept.writeBytes((" [output was cut: " + e + "]").getBytes(StandardCharsets.UTF_8));
        }
      }
    }

    String text() {
      synchronized (kept) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
