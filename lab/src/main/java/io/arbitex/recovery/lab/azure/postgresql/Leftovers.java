package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Removes what a try that was killed has left. */
public final class Leftovers {
  private static final long LIMIT_SECONDS = 30;

  private Leftovers() {}

  /**
   * Ends every process that names the folder in its command line, with its children, and deletes
   * the folder.
   *
   * @throws IOException when one does not end or something cannot be deleted
   */
  public static void remove(Path folder) throws IOException, InterruptedException {
    end(folder);
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /**
   * Ends every process that names the folder in its command line, with its children.
   *
   * @throws IOException when one does not end
   */
  public static void end(Path folder) throws IOException, InterruptedException {
    String path = folder.toString();
    List<ProcessHandle> users =
        ProcessHandle.allProcesses()
            .filter(each -> !each.equals(ProcessHandle.current()))
            .filter(each -> names(each, path))
            .flatMap(each -> Stream.concat(Stream.of(each), each.descendants()))
            .distinct()
            .toList();
    users.forEach(ProcessHandle::destroyForcibly);
    try {
      CompletableFuture.allOf(
              users.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
          .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("what works in " + folder + " does not end", e);
    }
  }

  /** As a whole word, or as the beginning of a path: data-1 is not data-10. */
  private static boolean names(ProcessHandle process, String path) {
    String line = process.info().commandLine().orElse("");
    int at = line.indexOf(path);
    while (at >= 0) {
      int behind = at + path.length();
      if (behind == line.length() || " /\"'".indexOf(line.charAt(behind)) >= 0) {
        return true;
      }
      at = line.indexOf(path, behind);
    }
    return false;
  }
}
