package io.arbitex.recovery.checks.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As many clusters as there are names for, each with three nodes and nothing else in it, and an
 * Azure that gives out the way to each: all behind one port.
 */
public final class ClustersFixture implements AutoCloseable {
  private static final Pattern CREDENTIALS =
      Pattern.compile("/subscriptions/.*/managedClusters/([^/]+)/listClusterUserCredential");
  private static final Pattern API = Pattern.compile("/clusters/([^/]+)(/.*)");
  private static final Map<String, String> LISTS =
      Map.of(
          "pods", "PodList",
          "persistentvolumeclaims", "PersistentVolumeClaimList",
          "persistentvolumes", "PersistentVolumeList",
          "events", "EventList");
  private static final String NODE =
      """
      {"metadata":{"name":"%s"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, ConcurrentLinkedQueue<String>> asked = new ConcurrentHashMap<>();
  private final Map<String, Integer> rotations = new ConcurrentHashMap<>();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  private final List<String> azureAsked = new CopyOnWriteArrayList<>();
  private volatile boolean azureAway;

  public ClustersFixture() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** The endpoint of its Azure. */
  public String azure() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests to a cluster's API so far, each as {@code METHOD path}. */
  public List<String> asked(String cluster) {
    return List.copyOf(asked.getOrDefault(cluster, new ConcurrentLinkedQueue<>()));
  }

  /** Clusters for which Azure was asked, each as often as it was. */
  public List<String> azureAsked() {
    return List.copyOf(azureAsked);
  }

  /** What is given out for a cluster. */
  public String kubeconfig(String cluster) {
    return """
    apiVersion: v1
    kind: Config
    current-context: only
    clusters: [{name: only, cluster: {server: "%s/clusters/%s"}}]
    users: [{name: only, user: {token: %s}}]
    contexts: [{name: only, context: {cluster: only, user: only}}]
    """
        .formatted(azure(), cluster, token(cluster));
  }

  private String token(String cluster) {
    return cluster + "-secret-" + rotations.getOrDefault(cluster, 0);
  }

  /** From now on the cluster refuses what was given out before. */
  public void rotate(String cluster) {
    rotations.merge(cluster, 1, Integer::sum);
  }

  /** Azure has no such cluster any more. */
  public void delete(String cluster) {
    deleted.add(cluster);
  }

  /** Azure answers nothing of use; the clusters live on. */
  public void azureIsAway() {
    azureAway = true;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Matcher credentials = CREDENTIALS.matcher(path);
    if (credentials.matches()) {
      azure(exchange, credentials.group(1));
      return;
    }
    Matcher api = API.matcher(path);
    if (!api.matches()) {
      send(exchange, 404, "");
      return;
    }
    String cluster = api.group(1);
    asked
        .computeIfAbsent(cluster, each -> new ConcurrentLinkedQueue<>())
        .add(exchange.getRequestMethod() + " " + api.group(2));
    String shown =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    if (!shown.equals("Bearer " + token(cluster))) {
      send(exchange, 401, status(401, "Unauthorized"));
    } else {
      api(exchange, api.group(2));
    }
  }

  private void azure(HttpExchange exchange, String cluster) throws IOException {
    azureAsked.add(cluster);
    if (azureAway) {
      send(exchange, 409, "{\"error\":{\"code\":\"OperationNotAllowed\",\"message\":\"away\"}}");
    } else if (deleted.contains(cluster)) {
      send(exchange, 404, "{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"gone\"}}");
    } else {
      String value =
          Base64.getEncoder().encodeToString(kubeconfig(cluster).getBytes(StandardCharsets.UTF_8));
      send(exchange, 200, "{\"kubeconfigs\":[{\"name\":\"u\",\"value\":\"" + value + "\"}]}");
    }
  }

  private static void api(HttpExchange exchange, String path) throws IOException {
    String what = path.substring(path.lastIndexOf('/') + 1);
    if (path.equals("/readyz")) {
      send(exchange, 200, "ok");
    } else if (what.equals("nodes")) {
      send(
          exchange,
          200,
          list(
              "NodeList",
              NODE.formatted("a") + "," + NODE.formatted("b") + "," + NODE.formatted("c")));
    } else if (LISTS.containsKey(what)) {
      send(exchange, 200, list(LISTS.get(what), ""));
    } else {
      send(exchange, 404, status(404, "NotFound"));
    }
  }

  private static String list(String kind, String items) {
    return "{\"apiVersion\":\"v1\",\"kind\":\""
        + kind
        + "\",\"metadata\":{},\"items\":["
        + items
        + "]}";
  }

  private static String status(int code, String reason) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"%s\",\"code\":%d}"
        .formatted(reason, code);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
