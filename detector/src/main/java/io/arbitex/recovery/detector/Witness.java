package io.arbitex.recovery.detector;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Something that has nothing to do with what is observed. An observer that cannot reach it is cut
 * off itself, and what it sees counts for nothing.
 */
final class Witness {
  private final Optional<URI> address;
  private final Duration limit;
  private final HttpClient client;

  Witness(Optional<URI> address, Duration limit) {
    this.address = address;
    this.limit = limit;
    this.client = HttpClient.newBuilder().connectTimeout(limit).build();
  }

  /** Why this observer is blind; empty when the witness answers (or none is configured). */
  Optional<String> blind() throws InterruptedException {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      HttpResponse<Void> answer =
          client.send(
              HttpRequest.newBuilder(address.get()).timeout(limit).GET().build(),
              HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() < 500
          ? Optional.empty()
          : Optional.of("the witness " + address.get() + " answers " + answer.statusCode());
    } catch (IOException e) {
      return Optional.of("the witness " + address.get() + " cannot be reached: " + e);
    }
  }
}
