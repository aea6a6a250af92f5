package io.arbitex.recovery.lab.azure.disks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who has a file open for writing below a folder, by Linux's /proc. Processes of other users are
 * seen by root only.
 */
public final class Writers {
  private static final Path PROC = Path.of("/proc");
  private static final int ACCESS_MODE = 3;

  private Writers() {}

  /**
   * Their process ids, without this one.
   *
   * @param folder its real path
   */
  public static Set<Long> below(Path folder) throws IOException {
    Set<Long> writers = new TreeSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != ProcessHandle.current().pid() && writes(process, folder)) {
          writers.add(pid);
        }
      }
    }
    return writers;
  }

  private static boolean writes(Path process, Path folder) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path each : open) {
        if (isBelow(each, folder) && isForWriting(process, each.getFileName().toString())) {
          return true;
        }
      }
      return mapped(process, folder);
    } catch (IOException e) {
      // It has ended meanwhile, or is another user's: then it is not seen, as the class says.
      return false;
    }
  }

  private static boolean isBelow(Path descriptor, Path folder) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(folder);
    } catch (IOException e) {
      // Closed meanwhile.
      return false;
    }
  }

  private static boolean isForWriting(Path process, String descriptor) {
    try {
      for (String line : Files.readAllLines(process.resolve("fdinfo").resolve(descriptor))) {
        if (line.startsWith("flags:")) {
          return (Integer.parseInt(line.substring("flags:".length()).trim(), 8) & ACCESS_MODE) != 0;
        }
      }
      return false;
    } catch (IOException e) {
      // Closed meanwhile; the process may have others.
      return false;
    }
  }

  /** A file that is mapped may be closed and written all the same. */
  private static boolean mapped(Path process, Path folder) throws IOException {
    String maps = Files.readString(process.resolve("maps"), StandardCharsets.ISO_8859_1);
    return maps.lines()
        .map(line -> line.split(" +", 6))
        .anyMatch(
            part ->
                part.length == 6 && part[1].matches(".w.s") && part[5].startsWith(folder + "/"));
  }

  /** State and start of a process, which tell it from a later one of the same number. */
  record Life(char state, String start) {
    private static final int START = 19;

    boolean isStopped() {
      return state == 'T' || state == 't';
    }

    /** Empty when there is no such process. */
    static Optional<Life> of(long pid) {
      try {
        String stat =
            Files.readString(
                PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
        // The program's name is in brackets, and may have any character in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Optional.of(new Life(fields[0].charAt(0), fields[START]));
      } catch (IOException e) {
        return Optional.empty();
      }
    }
  }
}
