package io.arbitex.recovery.lab.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a drill does to the cluster, beside the API. {@code POST /misbehaviours} puts a rule in
 * force, {@code GET} lists them, {@code DELETE /misbehaviours[/ID]} clears; {@code POST
 * /forget-history} makes older watches impossible and ends open ones with 410; {@code POST
 * /shutdown} ends the process and all pods'; {@code GET /health} answers when all is up.
 */
final class ControlServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RULES = "/misbehaviours";
  private static final int LONGEST_RULE = 1 << 16;

  private final Cluster cluster;
  private final Runnable shutdown;
  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * @param port 0 for any
   * @param shutdown called when the process is to end
   */
  ControlServer(int port, Cluster cluster, Runnable shutdown) throws IOException {
    this.cluster = cluster;
    this.shutdown = shutdown;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    this.threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "kubernetes-control");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(RULES, this::rules);
    server.createContext("/forget-history", this::forget);
    server.createContext("/shutdown", this::end);
    server.createContext(
        "/health", exchange -> answer(exchange, 200, Map.of("port", cluster.port())));
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void rules(HttpExchange exchange) throws IOException {
    String rest = exchange.getRequestURI().getPath().substring(RULES.length());
    switch (exchange.getRequestMethod()) {
      case "GET" -> answer(exchange, 200, cluster.misbehaviours().all());
      case "POST" -> add(exchange);
      case "DELETE" -> {
        if (rest.length() <= 1) {
          cluster.misbehaviours().clearAll();
          answer(exchange, 200, Map.of());
        } else if (rest.matches("/\\d{1,9}")) {
          boolean found = cluster.misbehaviours().clear(Integer.parseInt(rest.substring(1)));
          answer(exchange, found ? 200 : 404, Map.of());
        } else {
          answer(exchange, 400, Map.of("error", "a rule's number was expected, not " + rest));
        }
      }
      default -> answer(exchange, 405, Map.of("error", "GET, POST or DELETE"));
    }
  }

  private void add(HttpExchange exchange) throws IOException {
    try {
      Misbehaviour rule =
          JSON.readValue(exchange.getRequestBody().readNBytes(LONGEST_RULE), Misbehaviour.class);
      answer(exchange, 200, Map.of("id", cluster.misbehaviours().add(rule)));
    } catch (JsonProcessingException e) {
      answer(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private void forget(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, Map.of("error", "POST"));
      return;
    }
    cluster.store().forgetHistory();
    cluster.store().expireWatches();
    answer(exchange, 200, Map.of("revision", cluster.store().revision()));
  }

  private void end(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, Map.of("error", "POST"));
      return;
    }
    answer(exchange, 200, Map.of());
    shutdown.run();
  }

  private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
