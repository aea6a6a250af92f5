package io.arbitex.recovery.detector;

import static io.arbitex.recovery.detector.Waiting.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.BrokerProcess;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two detectors whose only broker is killed with signal 9 and comes back. Roblox and Facebook 2021:
 * what tells people and recovers depended on what was down.
 */
@Timeout(120)
class KafkaKilledTest {
  private static final List<String> OBSERVERS = List.of("observer-a", "observer-b");

  private static final List<String> COMPONENTS = List.of("postgresql", "cluster", "public-health");
  @TempDir Path folder;
  private final Map<String, List<JsonNode>> paged = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> beats = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer outside;

  @BeforeEach
  void startOutside() throws Exception {
    outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    outside.setExecutor(threads);
    for (String observer : OBSERVERS) {
      paged.put(observer, new CopyOnWriteArrayList<>());
      beats.put(observer, new AtomicInteger());
      outside.createContext(
          "/" + observer + "/enqueue",
          exchange -> {
            try (exchange) {
              String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
              paged.get(observer).add(new ObjectMapper().readTree(body));
              exchange.sendResponseHeaders(202, -1);
            }
          });
      outside.createContext(
          "/" + observer + "/beat",
          exchange -> {
            try (exchange) {
              beats.get(observer).incrementAndGet();
              exchange.sendResponseHeaders(200, -1);
            }
          });
    }
    outside.start();
  }

  @AfterEach
  void endOutside() {
    outside.stop(0);
    threads.shutdownNow();
  }

  @Test
  void eachDetectorPagesOnceAndSaysWhenItIsOver() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
        ServiceCommand.Running first = new DetectorMain().start(configuration(0, broker));
        ServiceCommand.Running second = new DetectorMain().start(configuration(1, broker))) {
      assertThat(first).isNotSameAs(second);
      // Nothing that they watch is there: the page must say so too, in one message.
      awaitConfirmedDown(broker.clients("test"));
      until(() -> beats.values().stream().allMatch(count -> count.get() > 0));
      // Each ends what the process before it may have left open.
      until(() -> paged.values().stream().allMatch(pages -> pages.size() == 1));

      broker.kill();
      until(() -> paged.values().stream().allMatch(pages -> pages.size() > 1));
      Map<String, Integer> silentAt = counted();

      broker.again();
      until(() -> paged.values().stream().allMatch(pages -> pages.size() > 2));
      until(() -> OBSERVERS.stream().allMatch(each -> beats(each) > silentAt.get(each) + 1));
    }
    for (String observer : OBSERVERS) {
      List<JsonNode> pages = paged.get(observer);
      assertThat(pages)
          .extracting(page -> page.path("event_action").asText())
          .as("the pages of %s", observer)
          .containsExactly("resolve", "trigger", "resolve");
      assertThat(pages.get(1).path("payload").path("summary").asText())
          .contains(
              "Kafka is away", "postgresql is DOWN", "cluster is DOWN", "public-health is DOWN");
      assertThat(pages)
          .extracting(page -> page.path("dedup_key").asText())
          .as("one page of both observers")
          .containsOnly(paged.get(OBSERVERS.get(0)).get(0).path("dedup_key").asText());
    }
  }

  private int beats(String observer) {
    return beats.get(observer).get();
  }

  /** The beats when both are silent: five were due since the last one. */
  private Map<String, Integer> counted() {
    Map<String, Integer> last = new ConcurrentHashMap<>();
    long since = System.nanoTime();
    while (System.nanoTime() - since < Duration.ofSeconds(1).toNanos()) {
      for (String observer : OBSERVERS) {
        int now = beats(observer);
        Integer before = last.put(observer, now);
        if (before == null || before != now) {
          since = System.nanoTime();
        }
      }
      Thread.onSpinWait();
    }
    return last;
  }

  private static void awaitConfirmedDown(KafkaClients clients) throws InterruptedException {
    Framing framing = new Framing();
    Set<String> confirmed = new HashSet<>();
    try (KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("health")) {
      TopicPartition partition =
          new TopicPartition(
              Topic.HEALTH.topicName(),
              new Partitions(BrokerFixture.PARTITIONS).ofPlatform("eu-1"));
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      until(
          () -> {
            for (ConsumerRecord<String, byte[]> each : consumer.poll(Duration.ofMillis(100))) {
              HealthEvent event = framing.decode(each.value(), HealthEvent.class);
              if (event.getConsecutive() >= 3 && event.getStatus() == HealthStatus.DOWN) {
                confirmed.add(event.getObserver() + " of " + event.getComponent());
              }
            }
            return OBSERVERS.stream()
                .allMatch(
                    observer ->
                        COMPONENTS.stream()
                            .allMatch(each -> confirmed.contains(observer + " of " + each)));
          });
    }
  }

  private Path configuration(int number, BrokerProcess broker) throws Exception {
    String observer = OBSERVERS.get(number);
    URI base = URI.create("http://127.0.0.1:" + outside.getAddress().getPort() + "/" + observer);
    Files.writeString(folder.resolve("secret"), "a-secret");
    Files.writeString(folder.resolve("beat-" + observer), base + "/beat");
    Files.writeString(
        folder.resolve("kubeconfig"),
        """
        current-context: only
        clusters: [{name: only, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: only, user: {token: a}}]
        contexts: [{name: only, context: {cluster: only, user: only}}]
        """);
    Files.writeString(
        folder.resolve("platform.yaml"),
        """
        platforms:
          - name: eu-1
            observers: [observer-a, observer-b]
            endpoints:
              health: ["http://127.0.0.1:1/health"]
              adminToken: file:secret
              auditKey: file:secret
            kubernetes: {kubeconfig: "file:kubeconfig", namespace: arbitex}
            azure: {subscription: s, tenant: t, resourceGroup: g}
            components:
              - {name: public-health, kind: endpoint}
              - name: cluster
                kind: aks
                cluster:
                  name: arbitex-aks
                  resourceGroup: g
                  nodes: 3
                  slow: 500ms
                  like: {location: westeurope, vmSize: Standard_D4s_v5}
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.dump]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [primary]
                  applicationRole: arbitex_app
                  connectionSecret: file:secret
                  backups: [backups]
                  tools: /usr/bin
                  criticalTables: [audit_events]
                  servers:
                    - name: primary
                      host: 127.0.0.1
                      port: 1
                      sslMode: disable
                      adminUser: admin
                      adminPassword: file:secret
        """);
    Files.writeString(folder.resolve("runbook.yaml"), "version: 1\n");
    return Files.writeString(
        folder.resolve(observer + ".yaml"),
        """
        name: %s
        kafka:
          bootstrap: %s
          partitions: %d
          replication: 1
        inventory: platform.yaml
        policy: runbook.yaml
        probe:
          interval: 200ms
          heartbeat: 500ms
          baselineEvery: 0s
        outage:
          after: 2s
          channels:
            - name: on-call
              kind: pagerduty
              routingKey: file:secret
              url: %s/enqueue
        heartbeat:
          url: file:beat-%s
          every: 200ms
        """
            .formatted(
                observer,
                broker.clients("test").settings().bootstrap(),
                BrokerFixture.PARTITIONS,
                base,
                observer));
  }
}
