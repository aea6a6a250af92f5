package io.arbitex.recovery.runtime;

import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@code GET /health} (200, or 503 with the reason) and {@code GET /metrics} where the service's
 * file says.
 */
public final class StatusServer implements AutoCloseable {
  /** One who asks slowly must not keep those from an answer who decide whether we live. */
  private static final int THREADS = 4;

  static {
    // In seconds, of the JDK's server, read when its first one is made: without them whoever sends
    // half a request holds a thread for ever.
    System.setProperty("sun.net.httpserver.maxReqTime", "5");
    System.setProperty("sun.net.httpserver.maxRspTime", "10");
  }

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "status-http");
            thread.setDaemon(true);
            return thread;
          });
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /**
   * @param sick why the service is not well; empty when it is
   * @throws IOException when the port is taken, or the address is none of this machine
   */
  public StatusServer(HttpPort port, Supplier<Optional<String>> sick) throws IOException {
    this(port, sick, List::of);
  }

  /**
   * @param sick why the service is not well; empty when it is
   * @param notes lines that follow the first one, for whoever must find the service's other doors
   * @throws IOException when the port is taken, or the address is none of this machine
   */
  public StatusServer(HttpPort port, Supplier<Optional<String>> sick, Supplier<List<String>> notes)
      throws IOException {
    server = HttpServer.create(port.address(), 16);
    server.setExecutor(threads);
    server.createContext(
        "/health",
        exchange -> {
          Optional<String> why = sick.get();
          String first = why.orElse("ok") + "\n";
          String others = notes.get().stream().map(note -> note + "\n").collect(joining());
          answer(exchange, why.isEmpty() ? 200 : 503, first + others, "text/plain");
        });
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, metrics.scrape(), "text/plain; version=0.0.4"));
    server.start();
  }

  public PrometheusMeterRegistry metrics() {
    return metrics;
  }

  /**
   * Shows how many records of a topic a service could not believe.
   *
   * @param passedOver counts up from zero
   */
  public void showPassedOver(Topic topic, LongSupplier passedOver) {
    FunctionCounter.builder(
            "recovery.records.passed.over", passedOver, counted -> counted.getAsLong())
        .description("Records of a topic followed as a whole that could not be believed")
        .tag("topic", topic.topicName())
        .register(metrics);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, int status, String text, String type)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
