package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * No request outlives the action that sends it: soon after a command's deadline its end is no
 * longer waited for, and another procedure is begun.
 *
 * @param remaining what is left of the action's time
 * @param longest an answer is waited for no longer, however much is left
 */
record TimeLimit(Supplier<Duration> remaining, Duration longest) implements HttpPipelinePolicy {
  /** By this name the library's client takes the limit of one request. */
  private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

  /**
   * For the library's own further tries after the end: so that it is Azure's answer that is told.
   */
  private static final Duration LEAST = Duration.ofMillis(500);

  @Override
  public Mono<HttpResponse> process(HttpPipelineCallContext call, HttpPipelineNextPolicy next) {
    return Mono.defer(
        () -> {
          limit(call);
          return next.process();
        });
  }

  @Override
  public HttpResponse processSync(HttpPipelineCallContext call, HttpPipelineNextSyncPolicy next) {
    limit(call);
    return next.processSync();
  }

  private void limit(HttpPipelineCallContext call) {
    Duration left = remaining.get();
    Duration limit = left.compareTo(longest) < 0 ? left : longest;
    call.setData(RESPONSE_TIMEOUT, limit.compareTo(LEAST) < 0 ? LEAST : limit);
  }
}
