package io.arbitex.recovery.lab.azure.clusters;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The API of a cluster, by the kubeconfig that its clients have. */
public final class ClusterApi {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int ANSWER_MILLIS = 10_000;

  private ClusterApi() {}

  /**
   * A client that does not try again by itself: a dead cluster is to be told soon.
   *
   * @throws IOException when there is no kubeconfig
   */
  public static KubernetesClient open(ManagedCluster cluster) throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(Path.of(cluster.kubeconfig())));
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setRequestTimeout(ANSWER_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /**
   * @throws IOException when it does not answer, or lets nobody in
   */
  public static void askForLife(ManagedCluster cluster) throws IOException {
    try (KubernetesClient client = open(cluster)) {
      client.namespaces().list();
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new IOException("the API of " + cluster.name() + " does not answer", e);
    }
  }
}
