package io.arbitex.recovery.lab.azure.disks;

import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import io.arbitex.recovery.lab.azure.state.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Copies a folder with owners, times and links, and sees whether it changed meanwhile. */
final class FolderCopy {
  /** A process that is told to stop may still run for a moment on a busy machine. */
  private static final int TRIES = 10;

  private FolderCopy() {}

  /**
   * Copies a folder as it is at one moment.
   *
   * @param to it is made anew each time
   * @throws OperationFailed when somebody changes it again and again
   */
  static void ofOneMoment(Path from, Path to)
      throws IOException, OperationFailed, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Map<String, String> before = stamps(from);
      copy(from, to);
      if (before.equals(stamps(from))) {
        return;
      }
    }
    Folders.remove(to);
    throw new OperationFailed(
        "SnapshotFailed", from + " changes while it is copied, by somebody who is not seen", null);
  }

  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    Folders.remove(to);
    Process copy =
        new ProcessBuilder("cp", "-a", "--", from + "/.", to.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      int status = copy.waitFor();
      if (status != 0) {
        throw new IOException(from + " is not copied, cp says why and ends with " + status);
      }
    } finally {
      copy.destroyForcibly();
    }
  }

  /** Size and times of each file; a time of change cannot be set back by anybody. */
  private static Map<String, String> stamps(Path folder) throws IOException {
    Map<String, String> stamps = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Map<String, Object> seen =
            Files.readAttributes(each, "unix:size,ino,ctime", LinkOption.NOFOLLOW_LINKS);
        stamps.put(
            folder.relativize(each).toString(),
            seen.get("ino") + " " + seen.get("size") + " " + seen.get("ctime"));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return stamps;
  }
}
