package io.arbitex.recovery.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster in the test's own process, with images of a shell and of Redis. */
public final class TestCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 25;
  static final String IMAGES =
      """
      images:
        shell:
          command: [/bin/sh, -c, "trap 'exit 0' TERM; while true; do sleep 0.1; done"]
        stubborn:
          command: [/bin/sh, -c, "trap '' TERM; while true; do sleep 0.1; done"]
        redis:
          command: [/usr/bin/redis-server, --bind, $(POD_IP), --protected-mode, "no"]
          programs:
            redis-server: [/usr/bin/redis-server, --bind, $(POD_IP), --protected-mode, "no"]
            redis-cli: [/usr/bin/redis-cli, -h, $(POD_IP)]
      """;

  private final Path folder;
  private final Cluster cluster;
  private final ControlServer control;
  private final KubernetesClient client;
  private final AtomicInteger namespaces = new AtomicInteger();

  public TestCluster(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    Path images = Files.writeString(folder.resolve("images.yaml"), IMAGES);
    this.cluster = new Cluster(0, folder.resolve("state"), images, disks(), 1, Clock.systemUTC());
    this.control = new ControlServer(0, cluster, () -> {});
    cluster.start();
    control.start();
    this.client = client(cluster.kubeconfig());
  }

  static KubernetesClient client(Path kubeconfig) throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(kubeconfig));
    config.setRequestRetryBackoffLimit(0);
    config.setRequestTimeout(5_000);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  public KubernetesClient client() {
    return client;
  }

  public Path kubeconfig() {
    return cluster.kubeconfig();
  }

  public Path disks() {
    return folder.resolve("disks");
  }

  public KubernetesControl control() {
    return new KubernetesControl(URI.create("http://127.0.0.1:" + control.port()));
  }

  /** A namespace that no other test uses. */
  public String namespace() {
    String name = "test-" + namespaces.incrementAndGet();
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  static Container shell(String... command) {
    return new ContainerBuilder().withName("main").withImage("shell").withCommand(command).build();
  }

  static Pod pod(String name, Container container) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(Map.of("app", name))
        .endMetadata()
        .withNewSpec()
        .withTerminationGracePeriodSeconds(2L)
        .withContainers(container)
        .endSpec()
        .build();
  }

  /** A pod that has a claim at {@code /data}. */
  public static Pod podWithClaim(String name, String claim) {
    return new PodBuilder(pod(name, shell()))
        .editSpec()
        .editFirstContainer()
        .addNewVolumeMount()
        .withName("data")
        .withMountPath("/data")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName(claim)
        .endPersistentVolumeClaim()
        .endVolume()
        .endSpec()
        .build();
  }

  public static PersistentVolumeClaim claim(String name, String storageClass) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withStorageClassName(storageClass)
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", new Quantity("1Gi"))
        .endResources()
        .endSpec()
        .build();
  }

  /** Creates the pod and waits until it is ready. */
  Pod run(String namespace, Pod pod) throws InterruptedException {
    client.pods().inNamespace(namespace).resource(pod).create();
    String name = pod.getMetadata().getName();
    until(name + " is ready", () -> Readiness.isPodReady(pod(namespace, name)));
    return pod(namespace, name);
  }

  public Pod pod(String namespace, String name) {
    return client.pods().inNamespace(namespace).withName(name).get();
  }

  /** Looks until it holds; an exception counts as "not yet". */
  public static void until(String what, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what, last);
  }

  @Override
  public void close() {
    client.close();
    control.close();
    cluster.close();
  }
}
