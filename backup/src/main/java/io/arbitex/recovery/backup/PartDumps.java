package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.DumpPart;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The ranges of large tables, dumped side by side while pg_dump writes the rest. */
final class PartDumps implements AutoCloseable {
  /** Two are faster than one; more take from the platform that the database serves. */
  private static final int SESSIONS = 2;

  private final ExecutorService threads;
  private final List<Future<DumpPart>> results = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final long ends;
  private volatile boolean stopped;

  /** Opens a connection to the source. */
  @FunctionalInterface
  interface Door {
    Connection open() throws SQLException;
  }

  /**
   * Begins.
   *
   * @param dump the main dump; parts stand beside it
   * @param suffix what the names of unfinished files end with
   */
  PartDumps(
      List<LargeTables.Range> ranges,
      Door door,
      String snapshot,
      Path dump,
      String suffix,
      Duration limit) {
    ends = System.nanoTime() + limit.toNanos();
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            SESSIONS,
            work -> {
              Thread thread = new Thread(work, "backup-rows-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    for (LargeTables.Range range : ranges) {
      String name = dump.getFileName() + "." + (files.size() + 1) + ".rows";
      Path file = dump.resolveSibling(name + suffix);
      files.add(file);
      results.add(
          threads.submit(
              () -> {
                try (Connection connection = door.open()) {
                  return new PartDump(range, file).write(connection, snapshot, name, this::goOn);
                }
              }));
    }
    threads.shutdown();
  }

  /** The files, under the names of unfinished ones. */
  List<Path> files() {
    return List.copyOf(files);
  }

  /** Waits for all. */
  List<DumpPart> await() throws SQLException, IOException, BackupFailed, InterruptedException {
    List<DumpPart> parts = new ArrayList<>();
    for (Future<DumpPart> result : results) {
      try {
        parts.add(result.get());
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof SQLException sql) {
          throw sql;
        }
        if (cause instanceof IOException io) {
          throw io;
        }
        if (cause instanceof BackupFailed failed) {
          throw failed;
        }
        throw new BackupFailed("the rows of a large table cannot be dumped: " + cause, "", cause);
      }
    }
    return parts;
  }

  private void goOn() throws BackupFailed {
    if (stopped) {
      throw new BackupFailed("the backup was ended", "Nothing.");
    }
    if (System.nanoTime() - ends > 0) {
      throw new BackupFailed(
          "the rows of large tables were not dumped in time",
          "See what holds it up: locks, a slow disk or network; or allow more time.");
    }
  }

  /** Ends what still runs. */
  void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
    try {
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
