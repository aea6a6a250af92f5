package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import io.arbitex.recovery.lab.kubernetes.kubelet.PodProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The clusters that were ordered, as the state folder names them: found from outside too, when the
 * Azure that started them was killed.
 */
public final class OrderedClusters {
  private static final long END_SECONDS = 10;

  private OrderedClusters() {}

  /**
   * A cluster.
   *
   * @param folder in which it keeps all that it knows
   * @param port of its API server
   * @param controlPort of its process
   */
  public record Ordered(String name, Path folder, int port, int controlPort) {
    /** Its process, if it lives. */
    public Optional<ProcessHandle> process() {
      return ClusterProcess.find(folder);
    }

    /** The processes of its pods. */
    public PodProcesses pods() {
      return new PodProcesses(folder);
    }

    /**
     * KILL to its process, then to all of its pods, which nobody starts again.
     *
     * @return those that were killed; its pods may not have ended yet
     */
    public List<ProcessHandle> kill() throws IOException, InterruptedException {
      List<ProcessHandle> killed = new ArrayList<>();
      process().ifPresent(killed::add);
      killed.forEach(ProcessHandle::destroyForcibly);
      // Until it has ended it may start one more.
      for (ProcessHandle each : killed) {
        try {
          each.onExit().get(END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          throw new IOException("the process of " + name + " does not end", e);
        }
      }
      killed.addAll(pods().kill());
      return killed;
    }
  }

  /** Where a cluster of that name keeps all that it knows. */
  public static Path folder(Path state, String name) {
    return state.resolve("cluster-folders").resolve(name.toLowerCase(Locale.ROOT));
  }

  /**
   * All of them.
   *
   * @param state of the lab's Azure; need not be there
   */
  public static List<Ordered> in(Path state) throws IOException {
    Path records = state.resolve("clusters");
    if (!Files.isDirectory(records)) {
      return List.of();
    }
    return new RecordFiles<>(records, ManagedCluster.class)
        .values().stream()
            .map(
                each ->
                    new Ordered(
                        each.name(), folder(state, each.name()), each.port(), each.controlPort()))
            .toList();
  }
}
