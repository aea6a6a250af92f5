package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of all pods, as the state folder names them: found from outside too, when the
 * kubelet that started them was killed.
 */
public final class PodProcesses {
  private final Path pods;

  /**
   * @param stateFolder of the cluster; need not be there
   */
  public PodProcesses(Path stateFolder) {
    this.pods = stateFolder.resolve("pods");
  }

  /**
   * A container that runs.
   *
   * @param pod its pod's name
   * @param name of the container
   * @param process its first one
   */
  public record Running(String pod, String name, ProcessHandle process) {}

  /** Containers whose first process lives. */
  public List<Running> running() throws IOException {
    List<Running> running = new ArrayList<>();
    for (Path file : records()) {
      var record = ContainerRecord.read(file);
      if (record.isPresent()) {
        String name = file.getParent().getFileName().toString();
        String pod = record.get().environment().getOrDefault(ContainerCommand.POD_NAME, "");
        record.get().find(file).ifPresent(process -> running.add(new Running(pod, name, process)));
      }
    }
    return running;
  }

  /**
   * KILL to every process of every container, whatever became of its first one.
   *
   * @return those that were killed; they may not have ended yet
   */
  public List<ProcessHandle> kill() throws IOException {
    List<ProcessHandle> killed = new ArrayList<>();
    for (Path file : records()) {
      var record = ContainerRecord.read(file);
      if (record.isPresent()) {
        killed.addAll(
            ContainerProcesses.of(record.get().containerId(), session(record.get(), file)));
      }
    }
    killed.forEach(ProcessHandle::destroyForcibly);
    return killed;
  }

  /**
   * The session of a container. A number is not given again while a session has it, so when another
   * process bears it now, nothing is left of ours: 0.
   */
  private static long session(ContainerRecord record, Path file) throws IOException {
    var leader = record.find(file);
    if (leader.isPresent()) {
      return leader.get().pid();
    }
    return ProcessHandle.of(record.pid()).isPresent() ? 0 : record.pid();
  }

  private List<Path> records() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path pod : entries(pods)) {
      for (Path container : entries(pod.resolve("containers"))) {
        Path file = new PodFolder(pod).record(container.getFileName().toString());
        if (Files.exists(file)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static List<Path> entries(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> each = Files.newDirectoryStream(folder)) {
        each.forEach(entries::add);
      }
    }
    return entries;
  }
}
