package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.servers.CreateServer;
import io.arbitex.recovery.lab.azure.servers.ParameterCatalogue;
import io.arbitex.recovery.lab.azure.servers.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Azure Resource Manager, on loopback. */
public final class ArmServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ArmServer.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_BODY = 1 << 20;

  private final HttpServer server;
  private final Gate gate;
  private final Requests requests;
  private final String base;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "azure-request");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param port 0 for any
   * @param tls null for plain HTTP
   * @param token demanded of each request; null for none
   * @param retryAfterSeconds what clients are told to wait between two looks, at least 1
   */
  public ArmServer(
      int port,
      SSLContext tls,
      String token,
      int retryAfterSeconds,
      Servers servers,
      ParameterCatalogue catalogue,
      Operations operations,
      CreateServer create,
      Misbehaviours misbehaviours,
      Clock clock)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (tls == null) {
      this.server = HttpServer.create(address, 0);
    } else {
      HttpsServer secure = HttpsServer.create(address, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      this.server = secure;
    }
    this.base = (tls == null ? "http" : "https") + "://127.0.0.1:" + server.getAddress().getPort();
    this.gate =
        new Gate(
            token,
            servers.settings().subscription(),
            servers.settings().resourceGroups(),
            misbehaviours);
    this.requests = new Requests(servers, catalogue, operations, create, retryAfterSeconds, clock);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  public void start() {
    server.start();
  }

  /** Where clients find it. */
  public URI address() {
    return URI.create(base);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ArmAnswer answer;
      try {
        answer = answer(exchange);
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
          "{} {}: {} {}",
          exchange.getRequestMethod(),
          exchange.getRequestURI(),
          answer.status(),
          answer.body());
      send(exchange, answer);
    }
  }

  private ArmAnswer answer(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY);
    gate.authenticate(exchange.getRequestHeaders().getFirst("Authorization"));
    ArmPath path = ArmPath.of(exchange.getRequestURI().getPath());
    gate.check(apiVersion(exchange.getRequestURI().getQuery()), path);
    String method = exchange.getRequestMethod();
    return requests.answer(new ArmRequest(method, path, read(body), gate.pass(method, path)), base);
  }

  private static String apiVersion(String query) {
    for (String each : (query == null ? "" : query).split("&", -1)) {
      if (each.startsWith("api-version=")) {
        return each.substring("api-version=".length());
      }
    }
    return null;
  }

  private static JsonNode read(byte[] body) throws IOException {
    if (body.length == 0) {
      return ArmAnswer.object();
    }
    try {
      JsonNode read = JSON.readTree(body);
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
