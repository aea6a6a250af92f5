package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.schemas.Digests;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A client of the cluster for one action, and the namespace that it works in. */
public final class ClusterSession implements AutoCloseable {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final String namespace;

  ClusterSession(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * A session by a kubeconfig that was given out for it; nothing is sent yet.
   *
   * @param kubeconfig its content, a secret
   * @throws ActionFailure AUTHENTICATION when it is none that can be used
   */
  public static ClusterSession of(String kubeconfig, String namespace) throws ActionFailure {
    try {
      return new ClusterSession(ClusterClients.open(kubeconfig, namespace), namespace);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.AUTHENTICATION,
          e.getMessage(),
          "See whether the cluster gives credentials that need a login of a person.",
          false,
          e);
    }
  }

  /** A request of the API. */
  @FunctionalInterface
  public interface Request<T> {
    T send(KubernetesClient client);
  }

  public String namespace() {
    return namespace;
  }

  /**
   * What tells the cluster from others: a digest of the certificate authority that its kubeconfig
   * trusts.
   *
   * @return empty when it names none
   * @throws ActionFailure PREFLIGHT when it names a file that cannot be read
   */
  public Optional<String> authority() throws ActionFailure {
    Config config = client.getConfiguration();
    try (InputStream given =
        CertUtils.getInputStreamFromDataOrFile(config.getCaCertData(), config.getCaCertFile())) {
      return given == null
          ? Optional.empty()
          : Optional.of(
              Digests.sha256(new String(given.readAllBytes(), StandardCharsets.US_ASCII).strip()));
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the certificate authority of the kubeconfig cannot be read: " + e.getMessage(),
          "Put it to where the kubeconfig says.",
          false,
          e);
    }
  }

  /** The HTTP status of a refused request; 0 where there was no answer. */
  public static int status(ActionFailure failure) {
    return ClusterErrors.code(failure.getCause());
  }

  KubernetesClient client() {
    return client;
  }

  /**
   * Sends a request.
   *
   * @param what the verb and the resource, for messages: {@code patch statefulsets/arbitex-redis}
   * @throws ActionFailure what {@link ClusterErrors} makes of a refusal
   */
  public <T> T ask(String what, Request<T> request) throws ActionFailure, InterruptedException {
    try {
      return request.send(client);
    } catch (KubernetesClientException e) {
      throw ClusterErrors.of(what, e);
    }
  }

  /** The same for something that may not be there: empty for 404 and for a null answer. */
  public <T> Optional<T> find(String what, Request<T> request)
      throws ActionFailure, InterruptedException {
    try {
      return Optional.ofNullable(request.send(client));
    } catch (KubernetesClientException e) {
      if (e.getCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw ClusterErrors.of(what, e);
    }
  }

  /** Sends a request that makes something. What is there by that name already is left as it is. */
  public void makeOnce(String what, Request<?> request) throws ActionFailure, InterruptedException {
    try {
      request.send(client);
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw ClusterErrors.of(what, e);
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
