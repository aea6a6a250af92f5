package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.kubernetes.LabKubernetes;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The lab's Kubernetes as a process of its own, to which everybody is a client. */
final class LabCluster {
  static final String NAME = "kubernetes";

  /** Of all that the lab has in it. */
  static final String NAMESPACE = "arbitex";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A machine on which several labs start at once is slow to answer. */
  private static final int REQUEST_MILLIS = 20_000;

  private final LabFolder folder;
  private final LabProcesses processes;
  private final LabPlan.ClusterPorts ports;

  LabCluster(LabFolder folder, LabProcesses processes, LabPlan.ClusterPorts ports) {
    this.folder = folder;
    this.processes = processes;
    this.ports = ports;
  }

  /** By it clients find the cluster. */
  static Path kubeconfig(LabFolder folder) {
    return folder.kubernetes().resolve("kubeconfig");
  }

  String controlAddress() {
    return "http://127.0.0.1:" + ports.control();
  }

  /** The registry of images. */
  static Path imageFile(LabFolder folder) {
    return folder.etc().resolve("images.yaml");
  }

  /** Starts it; not yet ready. */
  void start() throws IOException {
    processes.start(
        NAME,
        processes.java(
            NAME,
            128,
            LabKubernetes.class.getName(),
            List.of(
                "--port=" + ports.api(),
                "--control-port=" + ports.control(),
                "--state-folder=" + folder.kubernetes(),
                "--disks-folder=" + folder.disks(),
                "--image-file=" + imageFile(folder))),
        0);
  }

  /** Waits until it takes requests. */
  void awaitReady() throws InterruptedException {
    Waiting.until(
        "the cluster's start",
        LIMIT,
        () -> {
          URLConnection health = URI.create(controlAddress() + "/health").toURL().openConnection();
          health.setConnectTimeout(REQUEST_MILLIS);
          health.setReadTimeout(REQUEST_MILLIS);
          try (InputStream answer = health.getInputStream()) {
            return answer.readAllBytes().length > 0;
          }
        },
        () -> processes.tail(NAME));
  }

  /** A client as anybody has one. */
  static KubernetesClient client(Path kubeconfig) throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(kubeconfig, StandardCharsets.UTF_8));
    config.setRequestTimeout(REQUEST_MILLIS);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
