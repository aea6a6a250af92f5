package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is written down of a container's process: before it starts, so that a kubelet that is killed
 * in between still finds it by the pid that the process itself leaves, and again when it has.
 *
 * @param containerId the mark in its environment
 * @param pid 0 while it is being started
 * @param startedAt ISO 8601, as the operating system tells it; empty while it is being started
 * @param run 0 for the first, one more for each restart
 * @param environment that it was started with, for execs
 */
record ContainerRecord(
    String containerId, long pid, String startedAt, int run, Map<String, String> environment) {
  private static final Duration TOLERANCE = Duration.ofSeconds(2);
  private static final String PID_SUFFIX = ".pid";

  /** The process writes its own pid before it becomes the program: nothing can come between. */
  private static final String LEAVE_PID = "echo $$ > \"$0\" && exec \"$@\"";

  static ContainerRecord starting(String containerId, int run, Map<String, String> environment) {
    return new ContainerRecord(containerId, 0, "", run, environment);
  }

  ContainerRecord started(ProcessHandle process) {
    String started = process.info().startInstant().map(Instant::toString).orElse("");
    return new ContainerRecord(containerId, process.pid(), started, run, environment);
  }

  /** What to put before a command, so that it leaves its pid beside the record. */
  static List<String> leavingPid(Path record, String containerId) {
    return List.of("/bin/sh", "-c", LEAVE_PID, pidFile(record, containerId).toString());
  }

  private static Path pidFile(Path record, String containerId) {
    return record.resolveSibling(containerId + PID_SUFFIX);
  }

  /** The process, if it lives and is the one that was started: ids are given again. */
  @JsonIgnore
  Optional<ProcessHandle> find(Path record) throws IOException {
    if (pid != 0) {
      return living(pid, startedAt.isEmpty() ? Instant.EPOCH : Instant.parse(startedAt));
    }
    Path left = pidFile(record, containerId);
    String written = Files.exists(left) ? Files.readString(left).trim() : "";
    return written.isEmpty()
        ? Optional.empty()
        : living(Long.parseLong(written), Files.getLastModifiedTime(left).toInstant());
  }

  private static Optional<ProcessHandle> living(long pid, Instant started) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            process ->
                process
                    .info()
                    .startInstant()
                    .map(at -> Duration.between(started, at).abs().compareTo(TOLERANCE) <= 0)
                    .orElse(false));
  }

  /** Writes it, for its owner only: variables may be secrets. */
  void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(beside, Meta.JSON.writeValueAsBytes(this));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the pid that an earlier run has left. */
  void forget(Path file) throws IOException {
    Files.deleteIfExists(pidFile(file, containerId));
  }

  static Optional<ContainerRecord> read(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(Meta.JSON.readValue(Files.readAllBytes(file), ContainerRecord.class))
        : Optional.empty();
  }
}
