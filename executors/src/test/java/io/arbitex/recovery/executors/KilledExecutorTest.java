package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.TopicView;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors as processes of their own, killed with SIGKILL in the middle of their actions, on a
 * real broker and real servers.
 */
class KilledExecutorTest {
  private static final Framing FRAMING = new Framing();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<StepEvent> events = new CopyOnWriteArrayList<>();
  private final Pool pool = new Pool();
  private final List<Binding> bindings = new CopyOnWriteArrayList<>();

  /** Kanister, Velero, StackStorm: a restore hung for ever when its controller had crashed. */
  @Test
  void aRestoreAndItsCutoverSurviveKillsInTheMiddleOfTheirActions(
      @TempDir Path brokerFolder, @TempDir Path folder) throws Exception {
    HttpServer platform =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    try (BrokerFixture broker = BrokerFixture.start(brokerFolder);
        RecoveryWorld world = RecoveryWorld.start(folder);
        TopicView<StepEvent> progress = view(broker, Topic.PROGRESS, StepEvent.class, events);
        TopicView<Binding> bound = view(broker, Topic.BINDINGS, Binding.class, bindings)) {
      platform.createContext(
          "/health",
          exchange -> {
            try (exchange) {
              exchange.sendResponseHeaders(pool.serves(world) ? 200 : 503, -1);
            }
          });
      platform.start();
      world.healthUrl = "http://127.0.0.1:" + platform.getAddress().getPort() + "/health";
      progress.awaitCaughtUp();
      bound.awaitCaughtUp();
      try (Connection connection = world.admin(world.primary, RecoveryWorld.DATABASE)) {
        AuditTables.append(connection, 200_000);
      }
      world.dump("dump-1");
      StepCommand restore = world.restore(1);
      carryOut(broker, world, restore, List.of("restore-dump", "prove-database"));
      world.primary.kill();
      Map<String, String> parameters = new LinkedHashMap<>(Facts.toMap(end(restore).getFacts()));
      parameters.put("source-resource", "primary");
      parameters.put("source-epoch", "0");
      StepCommand cutover = world.command("cutover.database", "cutover", 1, parameters);
      carryOut(broker, world, cutover, List.of("switch-secret"));
      String database = parameters.get("database");
      assertThat(world.databases(world.spare)).as("exactly one").containsExactly(database);
      assertThat(world.texts(world.spare, database, "SELECT count(*) FROM audit_events"))
          .as("all rows, and one event of the recovery, however often it was killed")
          .containsExactly("202001");
      assertThat(pool.serves(world)).isTrue();
      waitFor("the binding", () -> !bindings.isEmpty());
      assertThat(bindings).hasSize(1);
      assertThat(bindings.get(0).getResource()).isEqualTo("spare/" + database);
      assertThat(events.stream().map(StepEvent::getId)).as("records").doesNotHaveDuplicates();
    } finally {
      platform.stop(0);
      pool.close();
    }
  }

  /** Kills an executor as each of these actions begins, and lets the last one finish. */
  private void carryOut(
      BrokerFixture broker, RecoveryWorld world, StepCommand command, List<String> deadly)
      throws Exception {
    Topic topic = Topic.of("recovery.commands." + command.getWorker()).orElseThrow();
    try (Publisher publisher = new Publisher(broker.clients("test"), FRAMING, "commands")) {
      publisher.publish(topic, command.getPlatform(), command).get(10, TimeUnit.SECONDS);
    }
    for (String action : deadly) {
      Process executor = startExecutor(broker, world, command.getWorker());
      try {
        waitFor(
            action + " of " + command.getProcedure(),
            () ->
                events.stream()
                    .anyMatch(
                        event ->
                            event.getCommandId().equals(command.getCommandId())
                                && event.getTransition() == StepTransition.ACTION_STARTED
                                && event.getAction().equals(action)));
      } finally {
        executor.destroyForcibly().waitFor();
      }
    }
    Process last = startExecutor(broker, world, command.getWorker());
    try {
      waitFor("the end of " + command.getProcedure(), () -> end(command) != null);
      assertThat(end(command).getTransition())
          .as(String.valueOf(end(command)))
          .isEqualTo(StepTransition.DONE);
    } finally {
      last.destroy();
      assertThat(last.waitFor(20, TimeUnit.SECONDS)).as("it ends in an orderly way").isTrue();
    }
  }

  private StepEvent end(StepCommand command) {
    return events.stream()
        .filter(event -> event.getCommandId().equals(command.getCommandId()))
        .filter(
            event ->
                event.getAction().isEmpty() && event.getTransition() != StepTransition.ACCEPTED)
        .findFirst()
        .orElse(null);
  }

  private static Process startExecutor(BrokerFixture broker, RecoveryWorld world, String worker)
      throws Exception {
    Files.writeString(world.folder.resolve("platform.yaml"), world.inventoryText());
    Files.writeString(world.folder.resolve("runbook.yaml"), "version: 1\n");
    Path config = world.folder.resolve("executors.yaml");
    Files.writeString(
        config,
        """
        name: executor-1
        kafka:
          bootstrap: %s
          partitions: %d
          replication: 1
        inventory: platform.yaml
        policy: runbook.yaml
        """
            .formatted(broker.clients("test").settings().bootstrap(), BrokerFixture.PARTITIONS));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ExecutorsMain.class.getName(),
            "--config",
            config.toString(),
            "--only",
            worker)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(world.folder.resolve("executor.log").toFile()))
        .start();
  }

  private static <T extends SpecificRecordBase> TopicView<T> view(
      BrokerFixture broker, Topic topic, Class<T> type, List<T> seen) {
    KafkaClients clients = broker.clients("test");
    return new TopicView<>(
        clients, FRAMING, topic, type, (key, value) -> seen.add(value), (key, why) -> {});
  }

  /** A platform with a pool: one session, which stays open while the secret stays the same. */
  private static final class Pool {
    private Connection session;
    private String url = "";

    synchronized boolean serves(RecoveryWorld world) {
      try {
        String now = Files.readString(world.secret);
        if (session == null || !url.equals(now) || !session.isValid(2)) {
          close();
          url = now;
          session =
              DatabaseAddress.parse(now)
                  .connect("platform", Duration.ofSeconds(2), Duration.ofSeconds(5));
        }
        return session.isValid(2);
      } catch (SQLException | IOException e) {
        return false;
      }
    }

    synchronized void close() throws SQLException {
      if (session != null) {
        session.close();
        session = null;
      }
    }
  }

  /** A condition that holds in time. */
  private interface Condition {
    boolean holds();
  }

  private static void waitFor(String what, Condition condition) {
    Instant until = Instant.now().plus(LIMIT);
    while (!condition.holds()) {
      assertThat(Instant.now()).as("waiting for %s", what).isBefore(until);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
