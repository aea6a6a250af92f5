package io.arbitex.recovery.lab.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.dns.Resolution;
import io.arbitex.recovery.lab.azure.protection.contents.PointFiles;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a drill does to the cloud, beside the resource manager. {@code POST /misbehaviours} puts a
 * rule in force, {@code GET} lists them, {@code DELETE /misbehaviours[/ID]} clears. {@code POST
 * /servers/NAME/ACTION}: {@code backup} takes one now, {@code pause-archive} and {@code
 * resume-archive} let the archive lag, {@code kill} kills the server's PostgreSQL. {@code POST
 * /recovery-points/ID/ACTION}: {@code damage} cuts what it holds, {@code lose} deletes it. {@code
 * POST /shutdown} ends the process and all servers; {@code GET /vaults} says where each key vault
 * is; {@code GET /health} answers when all is up.
 */
final class ControlServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAMES = "/names/";
  private static final String RULES = "/misbehaviours";
  private static final Pattern SERVER = Pattern.compile("/servers/([^/]+)/([a-z-]+)");
  private static final Pattern POINT = Pattern.compile("/recovery-points/([0-9a-f]{32})/([a-z]+)");
  private static final int LONGEST_RULE = 1 << 16;

  private final Cloud cloud;
  private final Runnable shutdown;
  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * @param port 0 for any
   * @param shutdown called when the process is to end
   */
  ControlServer(int port, Cloud cloud, Runnable shutdown) throws IOException {
    this.cloud = cloud;
    this.shutdown = shutdown;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    this.threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "azure-control");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(RULES, this::rules);
    server.createContext("/servers", this::serverAction);
    server.createContext("/recovery-points", this::pointAction);
    server.createContext("/shutdown", this::end);
    server.createContext(NAMES, this::resolve);
    server.createContext("/vaults", exchange -> answer(exchange, 200, cloud.vaults()));
    server.createContext(
        "/health", exchange -> answer(exchange, 200, Map.of("address", cloud.address())));
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
      case "GET" -> answer(exchange, 200, cloud.misbehaviours().all());
      case "POST" -> add(exchange);
      case "DELETE" -> {
        if (rest.length() <= 1) {
          cloud.misbehaviours().clearAll();
          answer(exchange, 200, Map.of());
        } else if (rest.matches("/\\d{1,9}")) {
          boolean found = cloud.misbehaviours().clear(Integer.parseInt(rest.substring(1)));
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
      answer(exchange, 200, Map.of("id", cloud.misbehaviours().add(rule)));
    } catch (JsonProcessingException e) {
      answer(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private void resolve(HttpExchange exchange) throws IOException {
    String name = exchange.getRequestURI().getPath().substring(NAMES.length());
    boolean inside = !"view=public".equals(exchange.getRequestURI().getQuery());
    Optional<Resolution> found = Resolution.of(cloud.zones(), name, inside);
    answer(
        exchange,
        found.isPresent() ? 200 : 404,
        found.isPresent() ? found.get() : Map.of("error", "no such name in the lab's zones"));
  }

  private void serverAction(HttpExchange exchange) throws IOException {
    Matcher path = SERVER.matcher(exchange.getRequestURI().getPath());
    Optional<FlexibleServer> named =
        path.matches() ? cloud.servers().named(path.group(1)) : Optional.empty();
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, Map.of("error", "POST"));
    } else if (named.isEmpty()) {
      answer(exchange, 404, Map.of("error", "no such server"));
    } else {
      try {
        act(exchange, named.get(), path.group(2));
      } catch (SQLException | IOException e) {
        answer(exchange, 500, Map.of("error", String.valueOf(e.getMessage())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        exchange.close();
      }
    }
  }

  private void pointAction(HttpExchange exchange) throws IOException {
    Matcher path = POINT.matcher(exchange.getRequestURI().getPath());
    PointFiles files = cloud.recoveryPoints();
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, Map.of("error", "POST"));
    } else if (!path.matches() || !files.isThere(path.group(1))) {
      answer(exchange, 404, Map.of("error", "no such recovery point, or nothing in it"));
    } else {
      switch (path.group(2)) {
        case "damage" -> files.damage(path.group(1));
        case "lose" -> files.lose(path.group(1));
        default -> {
          answer(exchange, 404, Map.of("error", "no such action"));
          return;
        }
      }
      answer(exchange, 200, Map.of());
    }
  }

  private void act(HttpExchange exchange, FlexibleServer target, String action)
      throws IOException, SQLException, InterruptedException {
    switch (action) {
      case "backup" -> answer(exchange, 200, Map.of("name", cloud.backups().take(target).name()));
      case "pause-archive", "resume-archive" -> {
        cloud.servers().archive(target).pause(action.equals("pause-archive"));
        answer(exchange, 200, Map.of());
      }
      case "kill" -> {
        cloud.servers().postgres(target).kill();
        answer(exchange, 200, Map.of());
      }
      default -> answer(exchange, 404, Map.of("error", "no such action"));
    }
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
