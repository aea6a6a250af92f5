package io.arbitex.recovery.lab.azure.disks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.operations.OperationFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops those who write below a folder, and lets them go on. Who is stopped is noted first, so that
 * the next process lets them go on when this one is killed. Who was stopped by somebody else stays
 * stopped.
 */
public final class Freeze {
  private static final Logger log = LoggerFactory.getLogger(Freeze.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_ROUNDS = 20;
  private static final long STOP_LIMIT_NANOS = 5_000_000_000L;
  private static final long LOOK_MILLIS = 2;

  private final Path note;

  /** What is done while nobody writes. */
  interface Body {
    void run() throws IOException, OperationFailed, InterruptedException;
  }

  /**
   * @param note a file that only this one writes
   */
  public Freeze(Path note) {
    this.note = note;
  }

  /**
   * Does something while those who have files open for writing below a folder are stopped.
   *
   * @param folder its real path
   * @throws OperationFailed when they cannot be stopped
   */
  synchronized void during(Path folder, Body body)
      throws IOException, OperationFailed, InterruptedException {
    Map<Long, String> stopped = new TreeMap<>();
    try {
      stop(folder, stopped);
      body.run();
    } finally {
      goOn(stopped);
      Files.deleteIfExists(note);
    }
  }

  /** Lets those go on whom a killed process has left stopped. */
  public synchronized void thaw() throws IOException {
    if (!Files.exists(note)) {
      return;
    }
    Map<Long, String> stopped = JSON.readValue(note.toFile(), new TypeReference<>() {});
    log.warn("a process that was killed has left {} stopped", stopped.keySet());
    goOn(stopped);
    Files.delete(note);
  }

  /** Until nobody is left: between a look and a stop, one may have begun another. */
  private void stop(Path folder, Map<Long, String> stopped)
      throws IOException, OperationFailed, InterruptedException {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Map<Long, String> more = new TreeMap<>();
      for (long pid : Writers.below(folder)) {
        Writers.Life.of(pid)
            .filter(life -> !life.isStopped())
            .ifPresent(life -> more.put(pid, life.start()));
      }
      if (more.isEmpty()) {
        return;
      }
      stopped.putAll(more);
      write(stopped);
      for (long pid : more.keySet()) {
        signal("STOP", pid);
      }
      for (long pid : more.keySet()) {
        awaitStopped(pid);
      }
    }
    throw new OperationFailed(
        "SnapshotFailed", "There are always more who write below " + folder, null);
  }

  private void write(Map<Long, String> stopped) throws IOException {
    Path beside = note.resolveSibling(note.getFileName() + ".new");
    JSON.writeValue(beside.toFile(), stopped);
    Files.move(beside, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void awaitStopped(long pid) throws OperationFailed, InterruptedException {
    long end = System.nanoTime() + STOP_LIMIT_NANOS;
    while (Writers.Life.of(pid).filter(life -> !life.isStopped()).isPresent()) {
      if (System.nanoTime() - end > 0) {
        throw new OperationFailed("SnapshotFailed", "Process " + pid + " does not stop", null);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static void goOn(Map<Long, String> stopped) throws IOException {
    for (Map.Entry<Long, String> each : stopped.entrySet()) {
      Optional<Writers.Life> life = Writers.Life.of(each.getKey());
      if (life.filter(it -> it.start().equals(each.getValue())).isPresent()) {
        signal("CONT", each.getKey());
      }
    }
  }

  private static void signal(String name, long pid) throws IOException {
    Process kill =
        new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean interrupted = false;
    while (true) {
      try {
        kill.waitFor();
        break;
      } catch (InterruptedException e) {
        // Nobody may stay stopped because this process ends.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (kill.exitValue() != 0 && Writers.Life.of(pid).isPresent()) {
      throw new IOException("SIG" + name + " does not reach process " + pid);
    }
  }
}
