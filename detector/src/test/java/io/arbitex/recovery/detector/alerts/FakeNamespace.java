package io.arbitex.recovery.detector.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An Event Grid namespace as its REST reference describes it: locks, settles, hands out again. */
final class FakeNamespace implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final List<String> settled = new CopyOnWriteArrayList<>();
  volatile boolean broken;
  private final Queue<String> waiting = new ConcurrentLinkedQueue<>();
  private final Map<String, String> locked = new ConcurrentHashMap<>();
  private final AtomicInteger locks = new AtomicInteger();
  private final HttpServer server;

  FakeNamespace() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.createContext("/topics/t/eventsubscriptions/", this::answer);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void offer(String event) {
    waiting.add(event);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      String query = exchange.getRequestURI().getQuery();
      if (broken) {
        send(exchange, 503, "{}");
      } else if (!"SharedAccessKey k3y"
              .equals(exchange.getRequestHeaders().getFirst("Authorization"))
          || !query.contains("api-version=2024-06-01")) {
        send(exchange, 401, "{}");
      } else if (path.endsWith("/s:receive")) {
        send(exchange, 200, receive());
      } else {
        send(exchange, 200, settle(path.substring(path.indexOf("/s:") + 3), body));
      }
    }
  }

  private String receive() {
    String event = waiting.poll();
    if (event == null) {
      return "{\"value\": []}";
    }
    String token = "lock-" + locks.incrementAndGet();
    locked.put(token, event);
    return "{\"value\": [{\"brokerProperties\": {\"lockToken\": \"%s\", \"deliveryCount\": 1}, \"event\": %s}]}"
        .formatted(token, event);
  }

  private String settle(String how, byte[] body) throws IOException {
    for (JsonNode token : MAPPER.readTree(body).path("lockTokens")) {
      String event = locked.remove(token.asText());
      settled.add(how);
      if (how.equals("release") && event != null) {
        waiting.add(event);
      }
    }
    return "{\"failedLockTokens\": [], \"succeededLockTokens\": []}";
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
