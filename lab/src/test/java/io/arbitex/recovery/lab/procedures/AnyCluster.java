package io.arbitex.recovery.lab.procedures;

import io.arbitex.recovery.lab.kubernetes.TestCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The cluster that {@code DR_KUBECONFIG} names, or the lab's where it names none. {@code
 * DR_IMAGE_SHELL} (busybox:1.36), {@code DR_IMAGE_REDIS} (redis:7.0) and {@code DR_STORAGE_CLASS}
 * (the cluster's default) say what a real one is to use. Everything is made in namespaces of its
 * own, which are deleted at the end.
 */
final class AnyCluster implements AutoCloseable {
  private final Optional<TestCluster> lab;
  private final KubernetesClient client;
  private final Path kubeconfig;
  private final List<String> namespaces = new ArrayList<>();

  AnyCluster(Path folder) throws IOException, InterruptedException {
    String real = System.getenv("DR_KUBECONFIG");
    if (real == null || real.isBlank()) {
      TestCluster cluster = new TestCluster(folder);
      lab = Optional.of(cluster);
      kubeconfig = cluster.kubeconfig();
      client = cluster.client();
    } else {
      lab = Optional.empty();
      kubeconfig = Path.of(real).toAbsolutePath();
      client =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
              .build();
    }
  }

  KubernetesClient client() {
    return client;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  String namespace() {
    String name = "dr-test-" + UUID.randomUUID().toString().substring(0, 8);
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    namespaces.add(name);
    return name;
  }

  String shellImage() {
    return lab.isPresent() ? "shell" : setting("DR_IMAGE_SHELL", "busybox:1.36");
  }

  String redisImage() {
    return lab.isPresent() ? "redis:7.0" : setting("DR_IMAGE_REDIS", "redis:7.0");
  }

  /** A folder of a node that tests may fill. */
  String hostFolder() {
    return lab.isPresent() ? kubeconfig.resolveSibling("host").toString() : "/tmp/dr-tests";
  }

  /** Null for the cluster's default. */
  String storageClass() {
    return lab.isPresent() ? "managed-csi" : System.getenv("DR_STORAGE_CLASS");
  }

  private static String setting(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  @Override
  public void close() {
    namespaces.forEach(name -> client.namespaces().withName(name).delete());
    if (lab.isPresent()) {
      lab.get().close();
    } else {
      client.close();
    }
  }
}
