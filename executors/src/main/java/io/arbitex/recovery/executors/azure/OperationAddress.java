package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.util.Context;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * Hands the address of a long-running operation to whoever began it: the library keeps it to
 * itself, and after a crash it is what the wait goes on with.
 */
final class OperationAddress implements HttpPipelinePolicy {
  private static final String KEY = "recovery-operation-address";
  private static final HttpHeaderName ASYNC_OPERATION =
      HttpHeaderName.fromString("Azure-AsyncOperation");

  /** The context of a call whose operation's address is to be known. */
  static Context telling(AtomicReference<String> address) {
    return new Context(KEY, address);
  }

  @Override
  public Mono<HttpResponse> process(HttpPipelineCallContext call, HttpPipelineNextPolicy next) {
    return next.process().doOnNext(response -> tell(call, response));
  }

  @Override
  public HttpResponse processSync(HttpPipelineCallContext call, HttpPipelineNextSyncPolicy next) {
    HttpResponse response = next.processSync();
    tell(call, response);
    return response;
  }

  @SuppressWarnings("unchecked")
  private static void tell(HttpPipelineCallContext call, HttpResponse response) {
    String address = response.getHeaderValue(ASYNC_OPERATION);
    if (address != null) {
      call.getData(KEY)
          .ifPresent(known -> ((AtomicReference<String>) known).compareAndSet(null, address));
    }
  }
}
