package io.arbitex.recovery.lab.kubernetes;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process of the lab's Kubernetes. TERM ends it, and the processes of all its pods. */
@Command(
    name = "lab-kubernetes",
    description = "An emulated Kubernetes: pods are processes, disks are folders.")
public final class LabKubernetes implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(LabKubernetes.class);

  @Option(names = "--port", required = true, description = "of the API server; 0 for any")
  private int port;

  @Option(names = "--control-port", required = true, description = "for drills; 0 for any")
  private int controlPort;

  @Option(
      names = "--state-folder",
      required = true,
      description = "objects, pods, token and kubeconfig; taken up if it is there")
  private Path stateFolder;

  @Option(
      names = "--image-file",
      required = true,
      description = "YAML: what images are on this machine")
  private Path imageFile;

  @Option(
      names = "--disks-folder",
      description = "where disks are folders; default: disks in the state folder")
  private Path disksFolder;

  @Option(names = "--nodes", defaultValue = "1", description = "how many (default: 1)")
  private int nodes;

  /** Starts the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LabKubernetes()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Path state = stateFolder.toAbsolutePath().normalize();
    Path disks = disksFolder == null ? state.resolve("disks") : disksFolder.toAbsolutePath();
    try (Cluster cluster =
            new Cluster(port, state, imageFile.toAbsolutePath(), disks, nodes, Clock.systemUTC());
        ControlServer control = new ControlServer(controlPort, cluster, ended::countDown)) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    ended.countDown();
                    awaitQuietly(closed, main);
                  },
                  "kubernetes-shutdown"));
      cluster.start();
      control.start();
      log.info(
          "the API server is on port {}, control on port {}, clients use {}",
          cluster.port(),
          control.port(),
          cluster.kubeconfig());
      ended.await();
    } finally {
      closed.countDown();
    }
    return 0;
  }

  /** The virtual machine must not go before the pods' processes have. */
  private static void awaitQuietly(CountDownLatch closed, Thread main) {
    try {
      while (main.isAlive() && closed.getCount() > 0) {
        closed.await(100, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
