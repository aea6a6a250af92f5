package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out probes, beside the loop. */
final class Prober implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prober.class);
  private static final int THREADS = 8;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final AtomicInteger last = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "kubelet-probe-" + last.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  /** Makes a command in the container, for probes that execute one. */
  interface Exec {
    ProcessBuilder command(JsonNode words) throws IOException;
  }

  /** Probes and tells the outcome; afterwards it calls {@code then}. */
  void probe(ProbeState state, JsonNode container, String podIp, Exec exec, Runnable then) {
    try {
      threads.execute(
          () -> {
            boolean success = false;
            try {
              success = succeeds(state, container, podIp, exec);
            } catch (IOException | IllegalArgumentException e) {
              log.debug("a probe of {} failed", container.path("name").asText(), e);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              state.outcome(success);
              then.run();
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("no probe: the lab goes down", e);
    }
  }

  private boolean succeeds(ProbeState state, JsonNode container, String podIp, Exec exec)
      throws IOException, InterruptedException {
    JsonNode probe = state.probe();
    Duration limit = state.limit();
    if (probe.has("exec")) {
      Process process =
          exec.command(probe.at("/exec/command"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    }
    if (probe.has("tcpSocket")) {
      try (Socket socket = new Socket()) {
        int port = port(container, probe.at("/tcpSocket/port"));
        socket.connect(new InetSocketAddress(podIp, port), (int) limit.toMillis());
        return true;
      }
    }
    if (probe.has("httpGet")) {
      JsonNode get = probe.path("httpGet");
      String host = get.path("host").asText(podIp);
      URI uri =
          URI.create(
              "http://"
                  + host
                  + ":"
                  + port(container, get.path("port"))
                  + get.path("path").asText("/"));
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(limit);
      get.path("httpHeaders")
          .forEach(
              header ->
                  request.header(header.path("name").asText(), header.path("value").asText()));
      int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
      return status >= 200 && status < 400;
    }
    throw new IOException("the lab has no such probe: " + probe);
  }

  private static int port(JsonNode container, JsonNode port) {
    if (port.isInt() || port.asText().chars().allMatch(Character::isDigit)) {
      return port.asInt();
    }
    for (JsonNode each : container.path("ports")) {
      if (each.path("name").asText().equals(port.asText())) {
        return each.path("containerPort").asInt();
      }
    }
    throw new IllegalArgumentException("the container has no port named " + port.asText());
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
