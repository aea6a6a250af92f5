package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** A Kafka broker of its own: one KRaft node from the jars on the class path. */
final class LabBroker {
  /** Every topic of the lab has that many partitions (design, section 1). */
  static final int PARTITIONS = 4;

  static final String NAME = "broker";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LabFolder folder;
  private final LabProcesses processes;
  private final int port;

  LabBroker(LabFolder folder, LabProcesses processes, int port) {
    this.folder = folder;
    this.processes = processes;
    this.port = port;
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Formats its storage and starts it; not yet ready. */
  void start(int controllerPort) throws IOException, InterruptedException {
    Path settings = folder.etc().resolve("broker.properties");
    Files.createDirectories(folder.broker());
    Files.write(settings, lines(controllerPort));
    // Kafka's own, since one that begins with a dash would be read as an option.
    List<String> format =
        processes.java(
            "broker-format",
            128,
            "kafka.tools.StorageTool",
            List.of("format", "-t", Uuid.randomUuid().toString(), "-c", settings.toString()));
    Process formatting =
        new ProcessBuilder(format)
            .redirectErrorStream(true)
            .redirectOutput(folder.log("broker-format").toFile())
            .start();
    if (!formatting.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || formatting.exitValue() != 0) {
      formatting.destroyForcibly();
      throw new LabFailure(
          "the broker's storage cannot be formatted" + processes.tail("broker-format"));
    }
    processes.start(
        NAME, processes.java(NAME, 384, "kafka.Kafka", List.of(settings.toString())), 0);
  }

  private List<String> lines(int controllerPort) {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
        "controller.listener.names=CONTROLLER",
        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
        "log.dirs=" + folder.broker(),
        "auto.create.topics.enable=false",
        "num.partitions=" + PARTITIONS,
        "default.replication.factor=1",
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=" + PARTITIONS,
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=" + PARTITIONS,
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1",
        "share.coordinator.state.topic.num.partitions=1",
        "group.initial.rebalance.delay.ms=0",
        "group.min.session.timeout.ms=1000",
        "group.consumer.min.session.timeout.ms=3000",
        "group.consumer.min.heartbeat.interval.ms=500",
        // A broker that was killed is let back after this, not after 9 s: 4.5 s in all (measured).
        "broker.session.timeout.ms=2000",
        "broker.heartbeat.interval.ms=500",
        "num.network.threads=2",
        "num.io.threads=4",
        "log.cleaner.dedupe.buffer.size=8388608",
        "log.index.size.max.bytes=1048576",
        "log.segment.delete.delay.ms=1000");
  }

  /** Waits until the broker takes requests. */
  void awaitReady() throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap(),
            AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, 50,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
    try (Admin admin = Admin.create(settings)) {
      Waiting.until("the broker's start", LIMIT, () -> isReady(admin), () -> processes.tail(NAME));
    }
  }

  private static boolean isReady(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
  }
}
