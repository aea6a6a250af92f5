package io.arbitex.recovery.detector.outage;

import static io.arbitex.recovery.detector.Waiting.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.configuration.Channel;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.notify.Post;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Direct pages and heartbeats against a real local receiver. */
@Timeout(30)
class OutageWatchTest {
  private static final Duration AFTER = Duration.ofMillis(100);
  @TempDir Path folder;
  private final List<JsonNode> paged = new CopyOnWriteArrayList<>();
  private final List<String> beats = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final KafkaContact contact = new KafkaContact(Instant.now());
  private HttpServer server;
  private Heartbeat beating;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setExecutor(threads);
    server.createContext(
        "/v2/enqueue",
        exchange -> {
          try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            paged.add(new ObjectMapper().readTree(body));
            exchange.sendResponseHeaders(202, -1);
          }
        });
    server.createContext(
        "/hangs",
        exchange -> {
          hanging.countDown();
          try (exchange) {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.createContext(
        "/ping/secret-part",
        exchange -> {
          try (exchange) {
            beats.add(exchange.getRequestMethod());
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  @AfterEach
  void end() {
    if (beating != null) {
      beating.close();
    }
    release.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private SecretReference secret(String value) throws IOException {
    Path file = Files.createTempFile(folder, "secret", "");
    return new SecretReference("file:" + file, Files.writeString(file, value + "\n"));
  }

  private Channel channel(String name, String path) throws IOException {
    return new Channel(
        name, Channel.Kind.PAGERDUTY, secret("KEY"), Optional.of(URI.create(url(path))));
  }

  private OutageWatch watch(Channel... channels) {
    return new OutageWatch(
        new OutageSettings(AFTER, List.of(channels), Optional.empty()),
        "observer-a",
        List.of("eu-1"),
        3,
        contact,
        new Post(),
        metrics,
        Clock.systemUTC());
  }

  private static HealthEvent down(int consecutive) {
    Instant at = Instant.parse("2026-11-22T10:00:00Z");
    return HealthEvent.newBuilder()
        .setId("observer-a/postgresql/" + consecutive)
        .setPlatform("eu-1")
        .setComponent("postgresql")
        .setObserver("observer-a")
        .setSource(HealthSource.PROBE)
        .setStatus(HealthStatus.DOWN)
        .setSymptom(Symptom.UNREACHABLE)
        .setConsecutive(consecutive)
        .setResource("primary")
        .setBindingEpoch(1)
        .setObservedAt(at)
        .setBadSince(at)
        .setDetail("refused")
        .build();
  }

  @Test
  void peopleAreToldWithoutKafkaAlsoWhenAnotherChannelHangs() throws Exception {
    try (OutageWatch watch =
        watch(channel("hanging", "/hangs"), channel("on-call", "/v2/enqueue"))) {
      contact.refused("TimeoutException");
      until(() -> hanging.getCount() == 0);
      until(() -> !paged.isEmpty());
      assertThat(paged.get(0).path("dedup_key").asText()).isEqualTo("kafka-away/eu-1");
      assertThat(paged.get(0).path("event_action").asText()).isEqualTo("trigger");
      assertThat(paged.get(0).toString()).doesNotContain("postgresql");

      watch.seen(down(2));
      watch.seen(down(3));
      until(() -> paged.size() == 2);
      assertThat(paged.get(1).path("payload").path("severity").asText()).isEqualTo("critical");
      assertThat(paged.get(1).path("payload").path("custom_details").path("What broke").asText())
          .isEqualTo("Kafka; postgresql is DOWN (UNREACHABLE)");

      contact.acknowledged(Instant.now());
      until(
          () -> {
            contact.acknowledged(Instant.now());
            return paged.size() == 3;
          });
      assertThat(paged.get(2).path("event_action").asText()).isEqualTo("resolve");
      assertThat(release.getCount()).as("the other channel hangs to this moment").isEqualTo(1);
    }
  }

  private Heartbeat heartbeat(String url, Duration every, AtomicReference<Optional<String>> sick)
      throws IOException {
    return new Heartbeat(
        new OutageSettings.HeartbeatSettings(secret(url), every),
        contact,
        Duration.ofSeconds(10),
        sick::get,
        metrics,
        Clock.systemUTC());
  }

  private double beats(String outcome) {
    var counter = metrics.find("recovery.heartbeats").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void theHeartbeatStopsWithKafkaAndWithTheObserversOwnWork() throws Exception {
    AtomicReference<Optional<String>> sick = new AtomicReference<>(Optional.empty());
    beating = heartbeat(url("/ping/secret-part"), AFTER, sick);
    until(() -> beats("withheld") >= 2);
    assertThat(beats).as("nothing is known to be acknowledged yet").isEmpty();

    contact.acknowledged(Instant.now());
    until(() -> beats.size() >= 2);
    until(() -> metrics.get("recovery.heartbeat.success.seconds").gauge().value() > 1_000_000_000);

    contact.refused("TimeoutException");
    double withheld = beats("withheld");
    until(() -> beats("withheld") >= withheld + 3);
    int before = beats.size();
    double more = beats("withheld");
    until(() -> beats("withheld") >= more + 3);
    assertThat(beats).hasSize(before);

    contact.acknowledged(Instant.now());
    sick.set(Optional.of("postgresql was not looked at for 60 s"));
    double again = beats("withheld");
    until(() -> beats("withheld") >= again + 3);
    assertThat(beats.size()).isLessThanOrEqualTo(before + 1);
  }

  @Test
  void aHeartbeatThatNobodyTakesIsCountedAndTriedOn() throws Exception {
    contact.acknowledged(Instant.now());
    beating = heartbeat("no address/secret-part", AFTER, new AtomicReference<>(Optional.empty()));
    until(() -> beats("failed") >= 3);
    assertThat(beats("taken")).isZero();
  }
}
