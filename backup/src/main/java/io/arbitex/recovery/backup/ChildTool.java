package io.arbitex.recovery.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a store's own program as a child process, under a time limit, one at a time. */
final class ChildTool {
  private static final int MESSAGE_LIMIT = 600;
  private static final List<String> NICE = List.of("/usr/bin/nice", "-n", "10");

  private final String install;
  private volatile Process running;

  /**
   * @param install what a person should do when the program is not there
   */
  ChildTool(String install) {
    this.install = install;
  }

  /** What stands before a command that must not take the processor from others. */
  static List<String> niced() {
    return Files.isExecutable(Path.of(NICE.get(0))) ? NICE : List.of();
  }

  /**
   * Runs to the end.
   *
   * @param environment added to the child's; passwords go here, never into the arguments
   * @return what it said, both streams
   * @throws BackupFailed when it does not end with 0, or not in time
   */
  String run(List<String> command, Map<String, String> environment, Duration limit)
      throws BackupFailed, InterruptedException {
    Path output = null;
    try {
      output = Files.createTempFile("recovery-backup-", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      // What this process was started with must not lead the tool to another server.
      builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
      builder.environment().putAll(environment);
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      running = process;
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new BackupFailed(
              tool(command) + " did not end within " + limit,
              "See what holds it up: locks, a slow disk or network; or allow more time.");
        }
      } finally {
        end(process);
      }
      String said = Files.readString(output, StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0) {
        throw new BackupFailed(
            tool(command) + " ended with " + process.exitValue() + ": " + shortened(said),
            "Look at the message; the backups that were there are untouched.");
      }
      return said;
    } catch (IOException e) {
      throw new BackupFailed(tool(command) + " cannot be run: " + e, install, e);
    } finally {
      running = null;
      delete(output);
    }
  }

  /** Ends the tool if it runs. */
  void cancel() {
    Process process = running;
    if (process != null) {
      end(process);
    }
  }

  private static String tool(List<String> command) {
    return command.stream().filter(word -> !NICE.contains(word)).findFirst().orElse("");
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void delete(Path output) {
    if (output != null && !output.toFile().delete()) {
      output.toFile().deleteOnExit();
    }
  }

  private static String shortened(String said) {
    String line = said.replaceAll("\\s*\\R\\s*", " | ");
    return line.length() <= MESSAGE_LIMIT ? line : line.substring(0, MESSAGE_LIMIT) + " …";
  }
}
