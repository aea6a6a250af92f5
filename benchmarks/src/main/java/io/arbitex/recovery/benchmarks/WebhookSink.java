package io.arbitex.recovery.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A plain HTTP server that notes when Alertmanager's webhooks come. */
final class WebhookSink implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Webhook(String path, String status, Instant at) {}

  private final List<Webhook> webhooks = new ArrayList<>();
  private final HttpServer server;

  WebhookSink() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/", this::take);
    server.start();
  }

  /** Where a sender of that name sends to. */
  URI address(String name) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + name);
  }

  private void take(HttpExchange exchange) throws IOException {
    Instant at = Instant.now();
    try (exchange) {
      JsonNode message = JSON.readTree(exchange.getRequestBody());
      exchange.sendResponseHeaders(204, -1);
      synchronized (webhooks) {
        webhooks.add(
            new Webhook(
                exchange.getRequestURI().getPath().substring(1),
                message.path("status").asText(),
                at));
        webhooks.notifyAll();
      }
    }
  }

  /**
   * Waits for a webhook of that sender and status.
   *
   * @param status {@code firing} or {@code resolved}
   * @param since when it came at the earliest
   * @return when it came; empty when none did in time
   */
  Optional<Instant> await(String name, String status, Instant since, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (webhooks) {
      while (true) {
        Optional<Instant> first =
            webhooks.stream()
                .filter(each -> each.path().equals(name) && each.status().equals(status))
                .map(Webhook::at)
                .filter(at -> !at.isBefore(since))
                .findFirst();
        long left = (end - System.nanoTime()) / 1_000_000;
        if (first.isPresent() || left <= 0) {
          return first;
        }
        webhooks.wait(left);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
