package io.arbitex.recovery.lab.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The platform's process, which reads {@link PlatformEnvironment} when it starts.
 *
 * <ul>
 *   <li>{@code GET /health}: 200 when the database answers and its volumes are there, else 503.
 *   <li>{@code GET /v1/admin/audit/verify[?full=true]} with the admin token: {@code
 *       {"chain_valid":…,"events":…,"checked":…}}.
 *   <li>{@code POST /v1/events} {@code {"tenant":1,"actor":…,"action":…,"payload":{…}}}: 201 {@code
 *       {"id":…,"hmac":…}} once the event is committed.
 *   <li>With a Redis, {@code POST /v1/sessions} {@code {"tenant":1,"user":…}}: 201 {@code
 *       {"id":…,"session":…}} once Redis has it; {@code GET /v1/sessions/ID}: the same, or 404.
 * </ul>
 *
 * <p>Without Redis there are no sessions, and all else goes on.
 */
public final class LabPlatform {
  private static final Logger log = LoggerFactory.getLogger(LabPlatform.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BODY_LIMIT = 64 * 1024;
  private static final int CONNECTIONS = 4;

  private final AuditLog auditLog;
  private final PlatformEnvironment environment;

  private LabPlatform(AuditLog auditLog, PlatformEnvironment environment) {
    this.auditLog = auditLog;
    this.environment = environment;
  }

  public static void main(String[] arguments) throws IOException {
    // Else every answer waits 40 ms for the client to acknowledge its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      start(PlatformEnvironment.of(System.getenv()));
    } catch (IllegalArgumentException e) {
      log.error("the platform cannot start: {}", e.getMessage());
      System.exit(2);
    }
  }

  private static void start(PlatformEnvironment environment) throws IOException {
    AtomicInteger number = new AtomicInteger();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            CONNECTIONS + 4, task -> new Thread(task, "platform-http-" + number.incrementAndGet()));
    DatabasePool pool = new DatabasePool(environment.database(), CONNECTIONS);
    byte[] key = environment.auditKey().getBytes(StandardCharsets.UTF_8);
    AuditLog auditLog = new AuditLog(pool, key, Clock.systemUTC());
    LabPlatform platform = new LabPlatform(auditLog, environment);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(environment.host(), environment.port()), 64);
    server.setExecutor(threads);
    route(server, "/health", platform::health);
    route(server, "/v1/admin/audit/verify", platform::verify);
    route(server, "/v1/events", platform::append);
    Optional<SessionStore> sessions = environment.redisUrl().map(SessionStore::new);
    sessions.ifPresent(store -> route(server, SessionRequests.PATH, sessionHandler(store)));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(1);
                  threads.shutdownNow();
                  pool.close();
                  sessions.ifPresent(SessionStore::close);
                  environment.auditBuffer().ifPresent(LabPlatform::close);
                },
                "platform-end"));
    server.start();
    cachePolicies(auditLog, environment);
    log.info(
        "the platform listens on {}, its database is {}",
        server.getAddress(),
        environment.database());
  }

  private static void close(AuditBuffer buffer) {
    try {
      buffer.close();
    } catch (IOException e) {
      log.warn("the audit buffer cannot be closed: {}", e.toString());
    }
  }

  /** What it cannot write now, the one that starts next will. */
  private static void cachePolicies(AuditLog auditLog, PlatformEnvironment environment) {
    if (environment.policyCache().isPresent()) {
      try {
        environment.policyCache().get().write(auditLog.policies());
      } catch (IOException | SQLException e) {
        log.warn("the policies are not cached: {}", e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Handler {
    Answer answer(HttpExchange exchange) throws IOException, SQLException, InterruptedException;
  }

  private static void route(HttpServer server, String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            Answer answer;
            try {
              answer = handler.answer(exchange);
            } catch (SQLException e) {
              log.info("{} {}: {}", exchange.getRequestMethod(), path, e.getMessage());
              answer = new Answer(503, Map.of("error", "the database does not answer"));
            } catch (FileSystemException e) {
              log.info("{} {}: {}", exchange.getRequestMethod(), path, e.toString());
              answer = new Answer(503, Map.of("error", "a volume is gone"));
            } catch (RedisException e) {
              log.info("{} {}: {}", exchange.getRequestMethod(), path, e.getMessage());
              answer = new Answer(503, Map.of("error", "the session store does not answer"));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              answer = new Answer(503, Map.of("error", "the platform is stopping"));
            } catch (RuntimeException e) {
              log.error("{} {}", exchange.getRequestMethod(), path, e);
              answer = new Answer(500, Map.of("error", "internal error"));
            }
            byte[] body = JSON.writeValueAsBytes(answer.body());
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
          }
        });
  }

  private Answer health(HttpExchange exchange) throws SQLException, InterruptedException {
    auditLog.ping();
    if (!environment.auditBuffer().map(AuditBuffer::isThere).orElse(true)
        || !environment.policyCache().map(PolicyCache::isThere).orElse(true)) {
      return new Answer(503, Map.of("error", "a volume is gone"));
    }
    return new Answer(200, Map.of("status", "ok"));
  }

  private Answer verify(HttpExchange exchange) throws SQLException, InterruptedException {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    byte[] expected = ("Bearer " + environment.adminToken()).getBytes(StandardCharsets.UTF_8);
    if (given == null || !MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected)) {
      return new Answer(401, Map.of("error", "needs the admin token"));
    }
    boolean full = "full=true".equals(exchange.getRequestURI().getRawQuery());
    AuditLog.Verification found = auditLog.verify(full);
    return new Answer(
        200,
        Map.of("chain_valid", found.valid(), "events", found.events(), "checked", found.checked()));
  }

  private static Handler sessionHandler(SessionStore store) {
    SessionRequests requests = new SessionRequests(store);
    return exchange ->
        exchange.getRequestMethod().equals("POST")
            ? withBody(exchange, requests::create)
            : requests.find(exchange.getRequestURI().getPath());
  }

  private Answer append(HttpExchange exchange)
      throws IOException, SQLException, InterruptedException {
    return exchange.getRequestMethod().equals("POST")
        ? withBody(exchange, this::append)
        : new Answer(405, Map.of("error", "POST an event"));
  }

  private interface BodyHandler {
    Answer answer(JsonNode body) throws IOException, SQLException, InterruptedException;
  }

  private static Answer withBody(HttpExchange exchange, BodyHandler handler)
      throws IOException, SQLException, InterruptedException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
    if (body.length > BODY_LIMIT) {
      return new Answer(413, Map.of("error", "a body has at most " + BODY_LIMIT + " bytes"));
    }
    JsonNode read;
    try {
      read = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return new Answer(400, Map.of("error", "the body is not JSON"));
    }
    return handler.answer(read);
  }

  private Answer append(JsonNode event) throws IOException, SQLException, InterruptedException {
    if (!event.path("tenant").isInt()
        || !event.path("actor").isTextual()
        || !event.path("action").isTextual()
        || !event.path("payload").isObject()) {
      return new Answer(
          400,
          Map.of("error", "an event has tenant (a number), actor, action, payload (an object)"));
    }
    AuditLog.Appended appended =
        auditLog.append(
            event.get("tenant").intValue(),
            event.get("actor").textValue(),
            event.get("action").textValue(),
            event.get("payload").toString());
    if (environment.auditBuffer().isPresent()) {
      environment.auditBuffer().get().append(appended);
    }
    return new Answer(201, Map.of("id", appended.id(), "hmac", appended.hmac()));
  }
}
