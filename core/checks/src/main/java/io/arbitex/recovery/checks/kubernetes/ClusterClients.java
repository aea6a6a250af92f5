package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.configuration.Kubeconfig;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.NoSuchCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens clients of a platform's cluster, with limits: of the one that it is bound to, else of the
 * inventory's.
 */
public final class ClusterClients {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(15);

  /**
   * With waits from 200 ms doubling, and Retry-After honoured: about 3 s, then the caller waits.
   */
  private static final int RETRIES = 4;

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);

  private ClusterClients() {}

  /**
   * Opens a client; nothing is sent yet. The kubeconfig is read anew, so a token that was rotated
   * counts.
   *
   * @throws NoSuchCluster when the platform is bound to a cluster that is gone
   * @throws InterruptedIOException when interrupted while a kubeconfig was asked for
   * @throws IOException when the kubeconfig cannot be read or is none; without its content, which
   *     holds a token
   */
  public static KubernetesClient open(Kubernetes settings) throws IOException {
    return open(settings, CONNECT, REQUEST, RETRIES);
  }

  /**
   * Opens a client that tries nothing again, for somebody who wants to know how the cluster is.
   *
   * @param connect for a connection
   * @param request for a whole answer
   * @throws IOException as above
   */
  public static KubernetesClient openForOneTry(
      Kubernetes settings, Duration connect, Duration request) throws IOException {
    return open(settings, connect, request, 0);
  }

  private static KubernetesClient open(
      Kubernetes settings, Duration connect, Duration request, int retries) throws IOException {
    try {
      if (settings.bound().isPresent()) {
        Kubeconfig bound = settings.bound().get();
        String content = bound.content();
        KubernetesClientBuilder client =
            builder(
                Config.fromKubeconfig(content), settings.namespace(), connect, request, retries);
        return client
            .withHttpClientBuilderConsumer(
                http ->
                    http.addOrReplaceInterceptor(
                        "refused-credentials", new RefusedCredentials(bound, content)))
            .build();
      }
      return builder(read(settings), settings.namespace(), connect, request, retries).build();
    } catch (NoSuchCluster | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("the kubeconfig " + settings.place() + " cannot be read: " + e, e);
    } catch (RuntimeException e) {
      // The parsers' messages quote the file, so they are no cause either.
      throw new IOException(
          "the kubeconfig "
              + settings.place()
              + " is none that can be used ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  /**
   * Opens a client by a kubeconfig that was given out for it; nothing is sent yet.
   *
   * @throws IOException when it is none; without its content, which holds a token
   */
  public static KubernetesClient open(String kubeconfig, String namespace) throws IOException {
    try {
      return builder(Config.fromKubeconfig(kubeconfig), namespace, CONNECT, REQUEST, RETRIES)
          .build();
    } catch (RuntimeException e) {
      // The parsers' messages quote the content, so they are no cause either.
      throw new IOException(
          "the kubeconfig that was given out is none that can be used ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  private static KubernetesClientBuilder builder(
      Config config, String namespace, Duration connect, Duration request, int retries) {
    config.setNamespace(namespace);
    config.setConnectionTimeout((int) connect.toMillis());
    config.setRequestTimeout((int) request.toMillis());
    config.setRequestRetryBackoffLimit(retries);
    config.setRequestRetryBackoffInterval((int) FIRST_RETRY.toMillis());
    return new KubernetesClientBuilder().withConfig(config);
  }

  private static Config read(Kubernetes settings) throws IOException {
    Path file = settings.kubeconfig().file();
    if (file != null) {
      if (!Files.isReadable(file)) {
        throw new NoSuchFileException(file.toString());
      }
      return Config.fromKubeconfig(settings.context().orElse(null), file.toFile());
    }
    io.fabric8.kubernetes.api.model.Config whole =
        Serialization.unmarshal(
            settings.kubeconfig().resolve(), io.fabric8.kubernetes.api.model.Config.class);
    settings.context().ifPresent(whole::setCurrentContext);
    return Config.fromKubeconfig(Serialization.asYaml(whole));
  }
}
