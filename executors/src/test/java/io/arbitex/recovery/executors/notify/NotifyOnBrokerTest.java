package io.arbitex.recovery.executors.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.Procedures;
import io.arbitex.recovery.executors.ownership.Carrying;
import io.arbitex.recovery.executors.ownership.CommandLoop;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages on a real broker, beside the recovery commands of the same platform. */
@Timeout(90)
class NotifyOnBrokerTest {
  private static final Framing FRAMING = new Framing();
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final long LIMIT = 40;
  @TempDir static Path folder;
  private static BrokerFixture broker;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final String incident = "inc-n" + NUMBERS.incrementAndGet();
  private final BlockingQueue<JsonNode> taken = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final Map<String, Outcome> ends = new ConcurrentHashMap<>();
  private volatile int status = 202;
  private HttpServer server;
  private Path secrets;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = BrokerFixture.start(Files.createDirectory(folder.resolve("broker")));
  }

  @AfterAll
  static void endBroker() {
    broker.close();
  }

  @BeforeEach
  void startReceivers() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setExecutor(threads);
    server.createContext("/v2/enqueue", this::answer);
    server.createContext(
        "/hangs",
        exchange -> {
          hangs.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
    open.add(
        () -> {
          release.countDown();
          server.stop(0);
          threads.shutdownNow();
        });
    secrets = Files.createDirectories(folder.resolve(incident));
    Files.writeString(secrets.resolve("key"), "R0UT1NGKEY");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      // What an earlier test left unfinished goes on here too.
      int answer = body.contains("\"" + incident) ? status : 204;
      if (answer == 202) {
        taken.add(new ObjectMapper().readTree(body));
      } else if (answer != 204) {
        refused.add(body);
      }
      exchange.sendResponseHeaders(answer, -1);
    }
  }

  @AfterEach
  void end() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void aReceiverThatNeverAnswersHoldsUpNeitherARecoveryNorAnotherChannel() throws Exception {
    loop(Worker.NOTIFY, "executor-1");
    loop(Worker.POSTGRESQL, "executor-1");
    send(Topic.COMMANDS_NOTIFY, message(0, "dead", "trigger", Map.of()));
    assertThat(hangs.await(LIMIT, TimeUnit.SECONDS)).isTrue();

    StepCommand recovery = message(1, "", "", Map.of());
    recovery.setProcedure("test.recovery");
    recovery.setWorker(Worker.POSTGRESQL.id());
    send(Topic.COMMANDS_POSTGRESQL, recovery);
    send(Topic.COMMANDS_NOTIFY, message(2, "on-call", "trigger", Map.of()));

    assertThat(take().path("dedup_key").asText()).isEqualTo(incident);
    awaitEnd(recovery.getCommandId());
    assertThat(release.getCount()).as("the receiver hangs to this moment").isEqualTo(1);
    assertThat(ends).doesNotContainKey(id(0)).containsEntry(recovery.getCommandId(), Outcome.DONE);
  }

  @Test
  void aResolveDoesNotOvertakeATriggerThatIsStillBeingTried() throws Exception {
    loop(Worker.NOTIFY, "executor-1");
    status = 503;
    send(Topic.COMMANDS_NOTIFY, message(0, "on-call", "trigger", Map.of()));
    send(Topic.COMMANDS_NOTIFY, message(1, "on-call", "resolve", Map.of()));
    for (int i = 0; i < 3; i++) {
      assertThat(refused.poll(LIMIT, TimeUnit.SECONDS)).contains("\"event_action\":\"trigger\"");
    }
    status = 202;
    assertThat(take().path("event_action").asText()).isEqualTo("trigger");
    assertThat(take().path("event_action").asText()).isEqualTo("resolve");
    assertThat(refused).noneMatch(each -> each.contains("resolve"));
  }

  @Test
  void theOrderOfAPageSurvivesTheProcess() throws Exception {
    CommandLoop first = loop(Worker.NOTIFY, "executor-1");
    status = 503;
    send(Topic.COMMANDS_NOTIFY, message(0, "on-call", "trigger", Map.of()));
    send(Topic.COMMANDS_NOTIFY, message(1, "on-call", "resolve", Map.of()));
    assertThat(refused.poll(LIMIT, TimeUnit.SECONDS)).isNotNull();
    first.close();
    status = 202;
    loop(Worker.NOTIFY, "executor-2");
    assertThat(take().path("event_action").asText()).isEqualTo("trigger");
    assertThat(take().path("event_action").asText()).isEqualTo("resolve");
  }

  @Test
  void aMessageForTheMorningWaitsBesideOthersAndSurvivesARestart() throws Exception {
    CommandLoop first = loop(Worker.NOTIFY, "executor-1");
    Instant morning = Times.now(Clock.systemUTC()).plusSeconds(6);
    send(
        Topic.COMMANDS_NOTIFY,
        message(0, "on-call", "trigger", Map.of("not-before", morning.toString())));
    send(
        Topic.COMMANDS_NOTIFY,
        message(1, "on-call", "trigger", Map.of("incident", incident + "-other")));
    assertThat(take().path("dedup_key").asText()).isEqualTo(incident + "-other");
    // Else it may be sent once more: a crash before the journal has it costs a second message.
    awaitEnd(id(1));
    first.close();
    loop(Worker.NOTIFY, "executor-2");
    assertThat(take().path("dedup_key").asText()).isEqualTo(incident);
    assertThat(Instant.now()).isAfterOrEqualTo(morning);
    awaitEnd(id(0));
    assertThat(taken).isEmpty();
  }

  private JsonNode take() throws InterruptedException {
    JsonNode message = taken.poll(LIMIT, TimeUnit.SECONDS);
    assertThat(message).as("a message within %d s", LIMIT).isNotNull();
    return message;
  }

  private void awaitEnd(String command) {
    Instant until = Instant.now().plusSeconds(LIMIT);
    while (!ends.containsKey(command)) {
      assertThat(Instant.now()).as("waiting for the end of %s", command).isBefore(until);
      Thread.onSpinWait();
    }
  }

  private CommandLoop loop(Worker worker, String name) throws Exception {
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    Policy policy =
        Policy.parse(
            "runbook.yaml",
            secrets,
            """
            version: 1
            channels:
              - name: on-call
                kind: pagerduty
                routingKey: file:key
                url: %s/v2/enqueue
              - name: dead
                kind: pagerduty
                routingKey: file:key
                url: %s/hangs
            """
                .formatted(base, base));
    Procedures procedures =
        new Procedures(
            new Inventory(List.of(), ""),
            policy,
            (platform, component) -> Optional.empty(),
            Clock.systemUTC());
    Publisher publisher = new Publisher(broker.clients(name), FRAMING, "progress");
    CommandLoop loop =
        new CommandLoop(
            worker,
            broker.clients(name),
            FRAMING,
            new Carrying(
                name,
                command ->
                    command.getProcedure().equals("test.recovery")
                        ? Optional.of(recovery())
                        : procedures.of(command),
                platform -> Optional.empty(),
                event -> publisher.publish(Topic.PROGRESS, event.getPlatform(), event),
                Clock.systemUTC(),
                Duration.ofSeconds(4),
                (command, outcome) -> {
                  procedures.ended(command);
                  ends.put(command.getCommandId(), outcome);
                },
                () -> {}));
    loop.start();
    open.add(publisher);
    open.add(loop);
    return loop;
  }

  private static Procedure recovery() {
    return Procedure.named("test.recovery")
        .action(
            new BoundAction(
                "restore", "restore", false, Duration.ofMinutes(1), RetryPolicy.once()) {
              @Override
              public Look look(ActionContext context) {
                return Look.alreadySo();
              }
            })
        .build();
  }

  private String id(int number) {
    return incident + "/notify-" + number + "/1";
  }

  private StepCommand message(
      int number, String channel, String action, Map<String, String> others) {
    Instant now = Times.now(Clock.systemUTC());
    Map<String, String> parameters =
        new HashMap<>(
            Map.of(
                "channel",
                channel,
                "action",
                action,
                "title",
                "postgresql is down",
                "text",
                "A restore begins.",
                "severity",
                "P1",
                "incident",
                incident));
    parameters.putAll(others);
    return StepCommand.newBuilder()
        .setCommandId(id(number))
        .setIncidentId(incident)
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("notify-" + number)
        .setComponent("")
        .setProcedure("notify.pagerduty")
        .setWorker(Worker.NOTIFY.id())
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plusSeconds(120))
        .setParameters(Facts.of(parameters))
        .build();
  }

  private static void send(Topic topic, StepCommand command) throws Exception {
    try (Publisher publisher = new Publisher(broker.clients("test"), FRAMING, "commands")) {
      publisher.publish(topic, command.getPlatform(), command).get(LIMIT, TimeUnit.SECONDS);
    }
  }
}
