package io.arbitex.recovery.lab.kubernetes.api;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** Sends a container's log, the end of it only, or as it grows. */
final class PodLog {
  private static final int CHUNK = 16 * 1024;
  private static final long LOOK_MILLIS = 100;

  private PodLog() {}

  /**
   * Sends the log.
   *
   * @param tail how many lines of its end; empty for all
   * @param follows whether what comes later is wanted too; it is asked again and again
   */
  static void send(Path file, OptionalInt tail, OutputStream to, BooleanSupplier follows)
      throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(tail.isPresent() ? startOfTail(log, tail.getAsInt()) : 0);
      byte[] chunk = new byte[CHUNK];
      while (true) {
        boolean more = follows.getAsBoolean();
        for (int n = log.read(chunk); n > 0; n = log.read(chunk)) {
          to.write(chunk, 0, n);
        }
        to.flush();
        if (!more) {
          return;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static long startOfTail(RandomAccessFile log, int lines) throws IOException {
    long at = log.length();
    int seen = 0;
    while (at > 0) {
      log.seek(at - 1);
      boolean isEnd = log.read() == '\n' && at != log.length();
      if (isEnd && ++seen == lines) {
        return at;
      }
      at--;
    }
    return lines == 0 ? log.length() : 0;
  }
}
