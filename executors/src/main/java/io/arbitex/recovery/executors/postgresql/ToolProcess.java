package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs of PostgreSQL tools, niced so that they never starve heartbeats, under a time limit, ended
 * on cancel. A dump is fed through a tool's standard input where that can be: the bytes that are
 * checked are the bytes that are used, progress is exact, and a tool whose executor was killed
 * meets the end of its input instead of running on.
 */
final class ToolProcess {
  private static final Path NICE = Path.of("/usr/bin/nice");
  private static final int KEPT_OUTPUT = 16 * 1024 * 1024;
  private static final int KEPT_ERRORS = 4_000;
  private static final long POLL_MILLIS = 20;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ToolProcess.class);

  private final Run run;
  private final String name;
  private final Process process;
  private final ToolFeed feed;
  private final ToolOutput output;
  private final ToolOutput errors;
  private final Thread feeding;
  private final List<Thread> taking;

  /** Told how many bytes the tools have been fed, often; what it throws ends the tools. */
  @FunctionalInterface
  interface Watch {
    void fed(long bytes) throws ActionFailure, InterruptedException;
  }

  /** Where a tool takes its input. */
  interface Sink {
    /**
     * Hands over; does nothing once the tool has closed its end: why it did, its exit status says.
     *
     * @throws IOException when the run was ended
     */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** The tool still reads. */
    boolean wanted();
  }

  /** What a tool is fed. */
  interface Source {
    /**
     * @throws IOException when it cannot be read, or is damaged
     */
    void writeTo(Sink tool) throws IOException;

    /** Bytes of the dump so far. */
    long read();

    /** For messages. */
    String name();
  }

  /**
   * One run.
   *
   * @param environment added to the child's; passwords go here, never into the arguments
   * @param input empty for none
   */
  record Run(List<String> command, Map<String, String> environment, Optional<Source> input) {}

  /**
   * What a run gave.
   *
   * @param errors the end of its standard error, in one line, without what can quote rows
   * @param whole the same with everything; for this process alone, never into a record
   * @param unreadable why its input could not be read to its end
   */
  record Result(
      int status, String output, String errors, String whole, Optional<IOException> unreadable) {
    /** The tool ended well, and had all of its input. */
    boolean good() {
      return status == 0 && unreadable.isEmpty();
    }

    /** Why it is not good, without rows. */
    String why() {
      return unreadable.map(Compression::said).orElse(errors);
    }
  }

  /** The tools took longer than they may. */
  static final class TimedOut extends Exception {
    private static final long serialVersionUID = 1L;

    TimedOut(String message) {
      super(message);
    }
  }

  /** Runs one tool to its end: see {@link #runAll}. */
  static Result run(ActionContext context, Run run, Duration limit, Watch watch)
      throws ActionFailure, TimedOut, InterruptedException {
    return runAll(context, List.of(run), 1, limit, watch).get(0);
  }

  /**
   * Runs tools side by side. The first one that does not end well ends the others.
   *
   * @param atOnce how many at one time, at least 1
   * @param limit for all together; after it they are ended
   * @param watch watches them
   * @return one result for each run in their order; when one went wrong, that one alone
   * @throws ActionFailure when one cannot be started, or all were cancelled
   */
  static List<Result> runAll(
      ActionContext context, List<Run> runs, int atOnce, Duration limit, Watch watch)
      throws ActionFailure, TimedOut, InterruptedException {
    long started = System.nanoTime();
    Deque<Run> waiting = new ArrayDeque<>(runs);
    List<ToolProcess> running = new ArrayList<>();
    List<ToolProcess> all = new ArrayList<>();
    try {
      while (!waiting.isEmpty() || !running.isEmpty()) {
        while (!waiting.isEmpty() && running.size() < atOnce) {
          ToolProcess next = start(waiting.remove());
          running.add(next);
          all.add(next);
        }
        running.get(0).pause();
        for (ToolProcess each : List.copyOf(running)) {
          if (each.ended()) {
            running.remove(each);
            Result result = each.result();
            if (!result.good()) {
              return List.of(result);
            }
          }
        }
        watch.fed(all.stream().mapToLong(each -> each.feed.read()).sum());
        refuseToGoOn(context, all.get(0).name, System.nanoTime() - started, limit, running);
      }
      List<Result> results = new ArrayList<>();
      for (ToolProcess each : all) {
        results.add(each.result());
      }
      return results;
    } finally {
      for (ToolProcess each : all) {
        each.end();
      }
    }
  }

  private static void refuseToGoOn(
      ActionContext context, String name, long nanos, Duration limit, List<ToolProcess> running)
      throws ActionFailure, TimedOut {
    if (running.isEmpty()) {
      return;
    }
    if (context.cancelled()) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED, name + " was ended, since the step was cancelled", "Nothing.");
    }
    if (nanos > limit.toNanos()) {
      throw new TimedOut(name + " took longer than " + limit.toSeconds() + " s and was ended");
    }
  }

  private ToolProcess(Run run, String name, Process process) {
    this.run = run;
    this.name = name;
    this.process = process;
    this.feed = new ToolFeed(run.input(), process.getOutputStream());
    this.output = new ToolOutput(process.getInputStream(), KEPT_OUTPUT);
    this.errors = new ToolOutput(process.getErrorStream(), KEPT_ERRORS);
    this.feeding = begin(feed, name + "-feed");
    this.taking = List.of(begin(output, name + "-out"), begin(errors, name + "-err"));
  }

  private static ToolProcess start(Run run) throws ActionFailure {
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      words.addAll(List.of(NICE.toString(), "-n", "10"));
    }
    words.addAll(run.command());
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(run.environment());
    builder.environment().put("LC_ALL", "C");
    String program = run.command().get(0);
    try {
      return new ToolProcess(run, Path.of(program).getFileName().toString(), builder.start());
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "cannot start " + program + ": " + e.getMessage(),
          "Install the PostgreSQL client tools where 'tools' of the inventory points.",
          false,
          e);
    }
  }

  /**
   * It is over, and all it said was taken. The input of one that ended well is read to its end, for
   * its sum. One that failed has its error already: reading hundreds of gigabytes more, or waiting
   * for a share that hangs, would tell nothing new.
   */
  private boolean ended() {
    if (process.isAlive()) {
      return false;
    }
    boolean failed = process.exitValue() != 0;
    if (failed) {
      feed.stop();
    }
    return (failed || !feeding.isAlive()) && taking.stream().noneMatch(Thread::isAlive);
  }

  /** A short while, less when something ends. */
  private void pause() throws InterruptedException {
    if (!process.isAlive()) {
      for (Thread thread : taking) {
        thread.join(POLL_MILLIS);
      }
      feeding.join(POLL_MILLIS);
    } else {
      process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** What it gave, once it has ended. */
  private Result result() {
    String whole = errors.text();
    Result result =
        new Result(
            process.exitValue(),
            output.text(),
            ToolErrors.withoutRows(whole),
            whole,
            feed.failure());
    if (!result.good()) {
      // Never the whole: a tool's error may quote rows of customers.
      log.warn(
          "{} of {} ended with {}: {}",
          name,
          run.input().map(Source::name).orElse("no input"),
          result.status(),
          result.unreadable().map(IOException::toString).orElse(result.errors()));
    }
    return result;
  }

  private void end() throws InterruptedException {
    feed.stop();
    if (process.isAlive()) {
      process.destroy();
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.error(
              "{} (process {}) does not end when killed: it hangs in a disk or share; see to that",
              name,
              process.pid());
        }
      }
    }
  }

  private static Thread begin(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
