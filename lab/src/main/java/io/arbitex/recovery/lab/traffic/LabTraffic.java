package io.arbitex.recovery.lab.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The process of the platform's clients. Each client sends one event at a time, every fifth one
 * through the platform's other door. An event that is not acknowledged is sent again, with growing
 * pauses of up to a second, until it is or 30 s are over.
 */
@CommandLine.Command(name = "traffic", mixinStandardHelpOptions = true)
public final class LabTraffic implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(LabTraffic.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] ACTIONS = {"login", "prompt", "policy.check", "export", "logout"};
  private static final long STATUS_MILLIS = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(names = "--platform", required = true, description = "The platform's address.")
  private URI platform;

  @Option(
      names = "--cloud",
      required = true,
      description = "The address of the platform's other deployment.")
  private URI cloud;

  @Option(names = "--rate", defaultValue = "100", description = "Events a second, of all clients.")
  private double rate;

  @Option(names = "--clients", defaultValue = "4")
  private int clients;

  @Option(names = "--tenants", defaultValue = "12")
  private int tenants;

  @Option(names = "--ledger", required = true)
  private Path ledgerFile;

  @Option(names = "--status", required = true)
  private Path statusFile;

  @Option(names = "--session-ledger", description = "Users log in too; without: none do.")
  private Path sessionLedgerFile;

  @Option(names = "--sessions", defaultValue = "0", description = "To begin with.")
  private long sessionsAtLeast;

  @Option(names = "--logins", defaultValue = "10", description = "A second, after that.")
  private double logins;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong abandoned = new AtomicLong();

  /** So that no event of another process has the same name. */
  private final String run = UUID.randomUUID().toString();

  private final CountDownLatch end = new CountDownLatch(1);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private TrafficLedger ledger;
  private Optional<SessionTraffic> sessions = Optional.empty();
  private long lastId;
  private String lastAt = "";
  private volatile boolean failing;

  public static void main(String[] args) {
    int status = new CommandLine(new LabTraffic()).execute(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ledger = new TrafficLedger(ledgerFile);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      int client = i;
      threads.add(new Thread(() -> send(client), "client-" + i));
    }
    if (sessionLedgerFile != null) {
      SessionLedger kept = new SessionLedger(sessionLedgerFile);
      sessions =
          Optional.of(new SessionTraffic(platform, http, sessionsAtLeast, logins, kept, end));
      threads.add(new Thread(sessions.get(), "sessions"));
    }
    threads.forEach(Thread::start);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  end.countDown();
                  for (Thread thread : threads) {
                    try {
                      thread.join(2_000);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }
                  writeStatus();
                },
                "traffic-end"));
    while (!end.await(STATUS_MILLIS, TimeUnit.MILLISECONDS)) {
      writeStatus();
    }
    return 0;
  }

  private void writeStatus() {
    try {
      status().write(statusFile);
    } catch (IOException e) {
      log.warn("the status cannot be written: {}", e.toString());
    }
  }

  private synchronized TrafficStatus status() {
    return new TrafficStatus(
        sent.get(),
        acknowledged.get(),
        failed.get(),
        abandoned.get(),
        lastId,
        lastAt,
        failing,
        sessions.map(SessionTraffic::acknowledged).orElse(0L),
        sessions.map(SessionTraffic::failing).orElse(false));
  }

  private void send(int client) {
    Random random = new Random(client);
    long interval = (long) (1e9 * clients / rate);
    long next = System.nanoTime() + interval * client / clients;
    long number = 0;
    try {
      while (!end.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        send(random, client, number++);
        // After an outage the clients go on at their rate; they do not catch up in a burst.
        next = Math.max(next + interval, System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.error("client {} cannot keep its ledger, so it ends", client, e);
    }
  }

  private void send(Random random, int client, long number)
      throws IOException, InterruptedException {
    int tenant = 1 + random.nextInt(tenants);
    String name = run + "-" + client + "-" + number;
    ObjectNode event = JSON.createObjectNode();
    event.put("tenant", tenant);
    event.put("actor", "user-" + random.nextInt(1_000));
    event.put("action", ACTIONS[random.nextInt(ACTIONS.length)]);
    event.putObject("payload").put("request", name).put("size", random.nextInt(100_000));
    URI door = TrafficLedger.isThroughCloud(number) ? cloud : platform;
    HttpRequest request =
        HttpRequest.newBuilder(door.resolve("/v1/events"))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(event)))
            .build();
    long latest = System.nanoTime() + PATIENCE.toNanos();
    long pause = 100;
    while (!isAcknowledged(request, tenant, name)) {
      failed.incrementAndGet();
      failing = true;
      if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > latest) {
        abandoned.incrementAndGet();
        log.warn("event {} was given up after {} s", name, PATIENCE.toSeconds());
        return;
      }
      if (end.await(pause, TimeUnit.MILLISECONDS)) {
        return;
      }
      pause = Math.min(1_000, pause * 2);
    }
  }

  /**
   * Sends it once. What is not acknowledged may have been kept all the same, so that a repetition
   * stands there twice; that is what clients of such a platform live with.
   */
  private boolean isAcknowledged(HttpRequest request, int tenant, String name)
      throws IOException, InterruptedException {
    sent.incrementAndGet();
    HttpResponse<byte[]> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      log.debug("event {}: {}", name, e.toString());
      return false;
    }
    if (response.statusCode() != 201) {
      log.debug("event {}: {}", name, response.statusCode());
      return false;
    }
    JsonNode answer = JSON.readTree(response.body());
    acknowledged(answer.get("id").longValue(), answer.get("hmac").textValue(), tenant, name);
    return true;
  }

  private synchronized void acknowledged(long id, String hmac, int tenant, String name)
      throws IOException {
    var at = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS);
    ledger.acknowledged(new TrafficLedger.Entry(id, hmac, tenant, at, name));
    acknowledged.incrementAndGet();
    lastId = id;
    lastAt = at.toString();
    failing = false;
  }
}
