package io.arbitex.recovery.lab.azure.clusters;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.arbitex.recovery.lab.kubernetes.LabKubernetes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process of a cluster. It is known by its state folder, so one that a killed lab has started
 * is found again, and there is never a second one.
 */
final class ClusterProcess {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 50;
  private static final int LAST_WORDS = 1000;

  private final ManagedCluster cluster;
  private final Path folder;
  private final Path imageFile;
  private final Path disks;

  ClusterProcess(ManagedCluster cluster, Path folder, Path imageFile, Path disks) {
    this.cluster = cluster;
    this.folder = folder;
    this.imageFile = imageFile;
    this.disks = disks;
  }

  private static String stateFolder(Path folder) {
    return "--state-folder=" + folder;
  }

  /** The process, if it lives. */
  Optional<ProcessHandle> find() {
    return find(folder);
  }

  /** The process of the cluster with that state folder, if it lives. */
  static Optional<ProcessHandle> find(Path folder) {
    return ProcessHandle.allProcesses().filter(each -> isIt(each, stateFolder(folder))).findFirst();
  }

  /** Looked up in full: what the JDK tells of a command line ends after a page. */
  private static boolean isIt(ProcessHandle process, String argument) {
    try {
      String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), ISO_8859_1);
      return List.of(line.split("\0", -1)).contains(argument);
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
  }

  /**
   * @throws IOException when there is no image file, or Java does not start
   */
  ProcessHandle start() throws IOException {
    if (imageFile == null) {
      throw new IOException(cluster.name() + " cannot be started without an image file");
    }
    Files.createDirectories(folder);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            // It starts sooner, and the machine is shared.
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            LabKubernetes.class.getName(),
            "--port=" + cluster.port(),
            "--control-port=" + cluster.controlPort(),
            stateFolder(folder),
            "--image-file=" + imageFile,
            "--disks-folder=" + disks,
            "--nodes=" + cluster.nodes())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start()
        .toHandle();
  }

  /**
   * Returns when it answers.
   *
   * @throws IOException when it ends before, or takes too long
   */
  void awaitReady(ProcessHandle process) throws IOException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();
    HttpRequest health =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cluster.controlPort() + "/health"))
            .timeout(ANSWER_LIMIT)
            .build();
    long end = System.nanoTime() + START_LIMIT.toNanos();
    IOException last = null;
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        if (http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    // Its folder goes with it, so what it said last goes into the message.
    throw new IOException(cluster.name() + " does not answer: " + lastWords(), last);
  }

  private String lastWords() throws IOException {
    String said = Files.readString(log());
    return said.substring(Math.max(0, said.length() - LAST_WORDS));
  }

  private Path log() {
    return folder.resolve("kubernetes.log");
  }

  /** Ends it with all its pods, if it lives. */
  void end() throws IOException, InterruptedException {
    Optional<ProcessHandle> found = find();
    if (found.isEmpty()) {
      return;
    }
    found.get().destroy();
    try {
      found.get().onExit().get(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the process of " + cluster.name() + " does not end", e);
    }
  }
}
