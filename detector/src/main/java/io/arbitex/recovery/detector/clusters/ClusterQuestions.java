package io.arbitex.recovery.detector.clusters;

import io.arbitex.recovery.detector.network.NoAnswer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends questions to the API server side by side, all until one moment. */
final class ClusterQuestions {
  private final KubernetesClient client;
  private final Duration limit;
  private final long begun = System.nanoTime();

  /** A question on its way. */
  record Asked(CompletableFuture<HttpResponse<String>> answer, CompletableFuture<Duration> took) {}

  /**
   * @param limit from now until the last of the answers
   */
  ClusterQuestions(KubernetesClient client, Duration limit) {
    this.client = client;
    this.limit = limit;
  }

  /**
   * Asks; waits for nothing.
   *
   * @param path with its query, from the slash on
   */
  Asked ask(String path) {
    String address = client.getMasterUrl().toString().replaceFirst("/+$", "") + path;
    CompletableFuture<HttpResponse<String>> answer =
        client
            .getHttpClient()
            .sendAsync(
                client.getHttpClient().newHttpRequestBuilder().uri(address).build(), String.class);
    return new Asked(answer, answer.handle((response, error) -> since()));
  }

  /**
   * What came of it.
   *
   * @throws InterruptedException when the look is called off
   */
  Answer await(Asked asked) throws InterruptedException {
    try {
      HttpResponse<String> response =
          asked.answer().get(limit.minus(since()).toNanos(), TimeUnit.NANOSECONDS);
      String body = response.bodyString();
      return Answer.of(response.code(), body == null ? "" : body, asked.took().get());
    } catch (TimeoutException e) {
      asked.answer().cancel(true);
      return Answer.none(
          new NoAnswer(
              NoAnswer.Kind.TOO_LATE,
              NoAnswer.Kind.TOO_LATE.words() + " (" + limit.toMillis() + " ms)"),
          since());
    } catch (ExecutionException e) {
      return Answer.none(NoAnswer.of(e.getCause()), since());
    } catch (IOException e) {
      return Answer.none(NoAnswer.of(e), since());
    }
  }

  private Duration since() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
