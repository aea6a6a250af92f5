package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.configuration.Kubeconfig;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tells whoever gave a kubeconfig out that the cluster does not know it any more.
 *
 * @param content that the client shows
 */
record RefusedCredentials(Kubeconfig kubeconfig, String content) implements Interceptor {
  private static final int UNAUTHORIZED = 401;

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (response.code() == UNAUTHORIZED) {
      kubeconfig.refused(content);
    }
  }

  @Override
  public String toString() {
    return "refused credentials of " + kubeconfig;
  }
}
