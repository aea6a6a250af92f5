package io.arbitex.recovery.azure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A Resource Manager that answers every request as it was last told to. */
final class FakeAzure implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status;
  private volatile String body = "";
  private volatile CountDownLatch held = new CountDownLatch(0);

  FakeAzure() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  FakeAzure gives(String kubeconfig) {
    String encoded =
        Base64.getEncoder().encodeToString(kubeconfig.getBytes(StandardCharsets.UTF_8));
    return says(
        200, "{\"kubeconfigs\":[{\"name\":\"clusterUser\",\"value\":\"" + encoded + "\"}]}");
  }

  FakeAzure refuses(int code, String word) {
    return says(code, "{\"error\":{\"code\":\"" + word + "\",\"message\":\"it is so\"}}");
  }

  FakeAzure says(int code, String text) {
    status = code;
    body = text;
    held.countDown();
    return this;
  }

  /** Takes requests and answers none until it is told what to say. */
  FakeAzure isSilent() {
    held = new CountDownLatch(1);
    return this;
  }

  /** Requests so far, each as {@code METHOD path}. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** A platform with a cluster in this Azure. */
  Inventory.Platform platform() throws InvalidConfiguration {
    return platform(true);
  }

  Inventory.Platform platform(boolean withCluster) throws InvalidConfiguration {
    String cluster =
        """
              - {name: public-health, kind: endpoint}
              - name: cluster
                kind: aks
                cluster:
                  name: arbitex-aks
                  resourceGroup: arbitex-rg
                  nodes: 3
                  like: {location: westeurope, vmSize: Standard_D4s_v5}
        """;
    String text =
        """
        platforms:
          - name: eu-1
            observers: [observer-a]
            endpoints:
              health: ["http://127.0.0.1:1/health"]
              adminToken: env:TOKEN
              auditKey: env:KEY
            kubernetes: {kubeconfig: "file:kubeconfig", context: old, namespace: arbitex}
            azure:
              endpoint: http://127.0.0.1:%d
              credential: none
              subscription: s-1
              tenant: t-1
              resourceGroup: g
            components:
        %s
        """
            .formatted(
                server.getAddress().getPort(),
                withCluster ? cluster : "      - {name: public-health, kind: endpoint}\n");
    return Inventory.parse("platform.yaml", Path.of("/"), text).platforms().get(0);
  }

  @Override
  public void close() {
    held.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
