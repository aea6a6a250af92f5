package io.arbitex.recovery.lab.network;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The network's process.
 *
 * <ul>
 *   <li>On the control port: {@code GET /paths}; {@code POST /paths/NAME?state=open|refused|
 *       black-hole}; {@code POST /slack/CHANNEL} and {@code POST /pagerduty/CHANNEL} take a
 *       message; {@code GET /messages} lists them.
 *   <li>On the witness port: any request is answered with 200.
 * </ul>
 */
@CommandLine.Command(name = "network", mixinStandardHelpOptions = true)
public final class LabNetwork implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(LabNetwork.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(names = "--control-port", required = true)
  private int controlPort;

  @Option(names = "--witness-port", required = true)
  private int witnessPort;

  @Option(names = "--messages", required = true, description = "File that keeps the messages.")
  private Path messagesFile;

  @Option(names = "--path", paramLabel = "NAME=PORT:HOST:PORT")
  private List<String> pathOptions = List.of();

  @Option(
      names = "--resolved-path",
      paramLabel = "NAME=PORT:HOST:PORT",
      description = "Its host is a name that --names resolves, anew for each connection.")
  private List<String> resolvedOptions = List.of();

  @Option(names = "--names", description = "Where a name is asked for: what is put before it.")
  private URI names;

  private final Map<String, NetworkPath> paths = new LinkedHashMap<>();
  private MessageBox messages;

  public static void main(String[] args) {
    int status = new CommandLine(new LabNetwork()).execute(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  @Override
  public Integer call() throws IOException {
    messages = new MessageBox(messagesFile, Clock.systemUTC());
    for (String option : pathOptions) {
      open(path(option, PathTarget::fixed));
    }
    for (String option : resolvedOptions) {
      open(path(option, (host, port) -> new ResolvedTarget(names, host, port)));
    }
    HttpServer witness = server(witnessPort, "witness");
    witness.createContext(
        "/", exchange -> answer(exchange, 200, "ok\n".getBytes(StandardCharsets.UTF_8)));
    witness.start();
    HttpServer control = server(controlPort, "control");
    control.createContext("/paths", this::control);
    control.createContext("/slack/", this::slack);
    control.createContext("/pagerduty/", this::pagerDuty);
    control.createContext("/messages", exchange -> answer(exchange, 200, messages.list()));
    control.start();
    log.info("the network has {} paths, control on port {}", paths.size(), controlPort);
    return 0;
  }

  private void open(NetworkPath path) throws IOException {
    path.become(PathState.OPEN);
    paths.put(path.name(), path);
  }

  private static NetworkPath path(String option, BiFunction<String, Integer, PathTarget> target) {
    String[] named = option.split("=", 2);
    String[] parts = named.length == 2 ? named[1].split(":", -1) : new String[0];
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "'" + option + "' is no path, expected NAME=PORT:HOST:PORT");
    }
    return new NetworkPath(
        named[0], Integer.parseInt(parts[0]), target.apply(parts[1], Integer.parseInt(parts[2])));
  }

  private static HttpServer server(int port, String name) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
    server.setExecutor(
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "network-" + name);
              thread.setDaemon(true);
              return thread;
            }));
    return server;
  }

  private void control(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      Map<String, Map<String, Object>> all = new LinkedHashMap<>();
      paths.forEach(
          (name, path) ->
              all.put(
                  name,
                  Map.of(
                      "port", path.port(),
                      "target", path.target(),
                      "state", path.state().word())));
      answer(exchange, 200, JSON.writeValueAsBytes(all));
      return;
    }
    String name = exchange.getRequestURI().getPath().substring("/paths".length());
    NetworkPath path = paths.get(name.startsWith("/") ? name.substring(1) : name);
    String query = exchange.getRequestURI().getQuery();
    if (path == null) {
      answer(exchange, 404, JSON.writeValueAsBytes(Map.of("error", "paths: " + paths.keySet())));
      return;
    }
    try {
      path.become(PathState.of(query == null ? "" : query.replaceFirst("^state=", "")));
      answer(exchange, 200, JSON.writeValueAsBytes(Map.of("state", path.state().word())));
    } catch (IllegalArgumentException e) {
      answer(exchange, 400, JSON.writeValueAsBytes(Map.of("error", e.getMessage())));
    }
  }

  private void slack(HttpExchange exchange) throws IOException {
    String channel = exchange.getRequestURI().getPath().substring("/slack/".length());
    Optional<String> wrong = messages.take(channel, exchange.getRequestBody().readNBytes(1 << 20));
    answer(
        exchange, wrong.isEmpty() ? 200 : 400, wrong.orElse("ok").getBytes(StandardCharsets.UTF_8));
  }

  private void pagerDuty(HttpExchange exchange) throws IOException {
    String channel = exchange.getRequestURI().getPath().substring("/pagerduty/".length());
    Optional<String> wrong =
        messages.takeEvent(channel, exchange.getRequestBody().readNBytes(1 << 20));
    Map<String, Object> answer =
        wrong
            .<Map<String, Object>>map(
                what -> Map.of("status", "invalid event", "errors", List.of(what)))
            .orElse(Map.of("status", "success", "message", "Event processed"));
    answer(exchange, wrong.isEmpty() ? 202 : 400, JSON.writeValueAsBytes(answer));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
