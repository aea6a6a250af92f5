package io.arbitex.recovery.detector.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EndpointProbeTest {
  private static final Duration TIMEOUT = Duration.ofMillis(600);

  private static final Set<InetSocketAddress> CALLERS = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger FOLLOWED = new AtomicInteger();
  private static final CountDownLatch END = new CountDownLatch(1);
  private static HttpServer server;
  private static ExecutorService threads;
  private EndpointProbe probe;

  @BeforeAll
  static void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/status/", EndpointProbeTest::status);
    server.createContext(
        "/followed",
        exchange -> {
          FOLLOWED.incrementAndGet();
          answer(exchange, 200);
        });
    server.createContext("/hangs", EndpointProbeTest::hang);
    server.createContext("/endless", EndpointProbeTest::sendForEver);
    server.start();
  }

  @AfterEach
  void close() {
    if (probe != null) {
      probe.close();
    }
  }

  @AfterAll
  static void stop() {
    END.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static void status(HttpExchange exchange) throws IOException {
    CALLERS.add(exchange.getRemoteAddress());
    exchange.getResponseHeaders().set("Location", "/followed");
    answer(exchange, Integer.parseInt(exchange.getRequestURI().getPath().substring(8)));
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static void hang(HttpExchange exchange) {
    try {
      END.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private static void sendForEver(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      byte[] part = new byte[1 << 16];
      while (END.getCount() > 0) {
        body.write(part);
      }
    }
  }

  private static String at(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private Observation look(String... addresses) throws InterruptedException {
    close();
    probe = new EndpointProbe("eu-1", List.of(addresses), TIMEOUT);
    return probe.look(Instant.now());
  }

  private static void assertSeen(
      Observation seen, HealthStatus status, Symptom symptom, String... words) {
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
    for (String word : words) {
      assertThat(seen.detail()).contains(word);
    }
  }

  @Test
  void asksAllAndFollowsNoRedirect() throws Exception {
    assertSeen(look(at("/status/200"), at("/status/200?x=1")), HealthStatus.UP, Symptom.NONE);
    assertSeen(
        look(at("/status/200"), at("/status/503")),
        HealthStatus.DEGRADED,
        Symptom.UNCLASSIFIED,
        "1 of 2",
        "HTTP 503");
    assertSeen(look(at("/status/503"), at("/status/502")), HealthStatus.DOWN, Symptom.UNREACHABLE);
    assertSeen(look(at("/status/401")), HealthStatus.DOWN, Symptom.AUTHENTICATION, "401");
    assertSeen(look(at("/status/302")), HealthStatus.DOWN, Symptom.UNCLASSIFIED, "302");
    assertThat(FOLLOWED).hasValue(0);
  }

  @Test
  void eachLookHasAConnectionOfItsOwn() throws Exception {
    look(at("/status/200"));
    CALLERS.clear();
    for (int i = 0; i < 5; i++) {
      assertSeen(probe.look(Instant.now()), HealthStatus.UP, Symptom.NONE);
    }
    assertThat(CALLERS).hasSize(5);
  }

  @Test
  void anEndlessBodyIsNotReadToItsEnd() throws Exception {
    assertSeen(look(at("/endless")), HealthStatus.UP, Symptom.NONE);
  }

  @Test
  void whatDoesNotAnswerIsDownInTimeAndHoldsNoThread() throws Exception {
    int gone;
    try (ServerSocket closed = new ServerSocket(0)) {
      gone = closed.getLocalPort();
    }
    try (ServerSocket mute = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      String silent = "https://127.0.0.1:" + mute.getLocalPort() + "/health?token=secret";
      Instant begin = Instant.now();
      Observation seen =
          look(at("/hangs"), silent, "http://127.0.0.1:" + gone, "http://no-such-host.invalid/h");
      Duration took = Duration.between(begin, Instant.now());
      assertSeen(
          seen,
          HealthStatus.DOWN,
          Symptom.UNREACHABLE,
          "4 of 4",
          "did not answer in time",
          "takes no connection",
          "does not resolve");
      assertThat(seen.detail()).doesNotContain("secret");
      assertThat(took).isLessThan(TIMEOUT.multipliedBy(2));
      for (int i = 0; i < 3; i++) {
        assertSeen(probe.look(Instant.now()), HealthStatus.DOWN, Symptom.UNREACHABLE);
      }
      assertThat(threadsOfProbe()).isLessThanOrEqualTo(4);
    }
    probe.close();
    for (long end = System.nanoTime() + 5_000_000_000L;
        threadsOfProbe() > 0 && System.nanoTime() < end; ) {
      Thread.onSpinWait();
    }
    assertThat(threadsOfProbe()).isZero();
  }

  private static long threadsOfProbe() {
    return Stream.of(Thread.getAllStackTraces().keySet().toArray(Thread[]::new))
        .filter(thread -> thread.getName().equals("health-of-eu-1"))
        .count();
  }

  @Test
  void namesAnAddressWithoutUserAndQuery() {
    OneRequest request =
        new OneRequest(URI.create("https://me:pass@host:8443/health?token=x"), TIMEOUT);
    assertThat(request.address()).isEqualTo("https://host:8443/health");
  }
}
