package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens sessions with the cluster. The kubeconfig is read anew each time, so a token that was
 * rotated while a recovery runs counts from the next action on.
 */
public final class ClusterAccess {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(15);

  /**
   * With waits from 200 ms doubling, and Retry-After honoured: about 3 s, then the action waits.
   */
  private static final int RETRIES = 4;

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);

  private final Kubernetes settings;

  public ClusterAccess(Kubernetes settings) {
    this.settings = settings;
  }

  /**
   * Opens a session; nothing is sent yet.
   *
   * @throws ActionFailure PREFLIGHT when the kubeconfig cannot be read or is none
   */
  public ClusterSession open() throws ActionFailure {
    try {
      Config config = read();
      config.setNamespace(settings.namespace());
      config.setConnectionTimeout((int) CONNECT.toMillis());
      config.setRequestTimeout((int) REQUEST.toMillis());
      config.setRequestRetryBackoffLimit(RETRIES);
      config.setRequestRetryBackoffInterval((int) FIRST_RETRY.toMillis());
      return new ClusterSession(
          new KubernetesClientBuilder().withConfig(config).build(), settings.namespace());
    } catch (IOException e) {
      throw unusable("the kubeconfig " + settings.kubeconfig() + " cannot be read: " + e, e);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      // The parser's message may quote the file, which holds a token.
      throw unusable(
          "the kubeconfig "
              + settings.kubeconfig()
              + " is none that can be used ("
              + e.getClass().getSimpleName()
              + ")",
          e);
    }
  }

  private Config read() throws IOException {
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

  private static ActionFailure unusable(String message, Exception cause) {
    return new ActionFailure(
        FailureCode.PREFLIGHT,
        message,
        "Put a kubeconfig to where 'kubernetes.kubeconfig' of the inventory points, with the"
            + " context that 'kubernetes.context' names.",
        false,
        cause);
  }
}
