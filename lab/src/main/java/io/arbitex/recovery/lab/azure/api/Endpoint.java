package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A port on loopback that speaks JSON as Azure does. What is said there is not logged. */
final class Endpoint implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_BODY = 1 << 20;

  private final HttpServer server;
  private final Answering answering;
  private final String base;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "azure-request");
            thread.setDaemon(true);
            return thread;
          });

  /** What becomes of a request. */
  interface Answering {
    /**
     * @throws ArmFailure when it is refused
     */
    ArmAnswer answer(HttpExchange exchange, Body body) throws IOException, InterruptedException;
  }

  /** What a request carries, not looked at before the one who asks is known. */
  static final class Body {
    private final byte[] bytes;

    private Body(byte[] bytes) {
      this.bytes = bytes;
    }

    /**
     * An object, empty when the request had none.
     *
     * @throws ArmFailure 400 when it is something else
     */
    JsonNode read() throws IOException {
      if (bytes.length == 0) {
        return ArmAnswer.object();
      }
      try {
        JsonNode read = JSON.readTree(bytes);
        if (read.isObject()) {
          return read;
        }
        throw ArmFailure.of(400, "InvalidRequestContent", "The content is no JSON object.");
      } catch (JsonProcessingException e) {
        ArmFailure failure =
            ArmFailure.of(400, "InvalidRequestContent", "The content is no JSON object.");
        failure.initCause(e);
        throw failure;
      }
    }
  }

  /**
   * @param port 0 for any
   * @param tls null for plain HTTP
   */
  Endpoint(int port, SSLContext tls, Answering answering) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (tls == null) {
      this.server = HttpServer.create(address, 0);
    } else {
      HttpsServer secure = HttpsServer.create(address, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      this.server = secure;
    }
    this.base = (tls == null ? "http" : "https") + "://127.0.0.1:" + server.getAddress().getPort();
    this.answering = answering;
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  void start() {
    server.start();
  }

  /** Where clients find it, without a slash at the end. */
  String base() {
    return base;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ArmAnswer answer;
      try {
        answer =
            answering.answer(
                exchange, new Body(exchange.getRequestBody().readNBytes(LONGEST_BODY)));
      } catch (ArmFailure e) {
        answer = ArmAnswer.failure(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | IOException e) {
        log.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        answer =
            ArmAnswer.failure(
                ArmFailure.of(500, "InternalServerError", "An unexpected error occured."));
      }
      log.debug(
          "{} {}: {}", exchange.getRequestMethod(), exchange.getRequestURI(), answer.status());
      send(exchange, answer);
    }
  }

  /** The value of api-version in a query; null when there is none. */
  static String apiVersion(String query) {
    for (String each : (query == null ? "" : query).split("&", -1)) {
      if (each.startsWith("api-version=")) {
        return each.substring("api-version=".length());
      }
    }
    return null;
  }

  private static void send(HttpExchange exchange, ArmAnswer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("x-ms-request-id", UUID.randomUUID().toString());
    answer.headers().forEach(headers::set);
    if (answer.body() == null) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    byte[] bytes = JSON.writeValueAsBytes(answer.body());
    headers.set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
