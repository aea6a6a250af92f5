package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real broker in this JVM, with all topics of the catalogue in two partitions. */
public final class BrokerFixture implements AutoCloseable {
  public static final int PARTITIONS = 2;

  private final KafkaRaftServer server;
  private final KafkaSettings settings;

  private BrokerFixture(KafkaRaftServer server, KafkaSettings settings) {
    this.server = server;
    this.settings = settings;
  }

  public static BrokerFixture start(Path folder) throws Exception {
    int port = freePort();
    KafkaRaftServer server = run(folder, port, freePort());
    BrokerFixture fixture =
        new BrokerFixture(server, new KafkaSettings("127.0.0.1:" + port, PARTITIONS, 1, Map.of()));
    TopicSetup.ensure(fixture.clients("setup"));
    return fixture;
  }

  /** Starts a broker in this JVM; formats its folder when that is empty. */
  static KafkaRaftServer run(Path folder, int port, int controller) throws Exception {
    if (!Files.exists(folder.resolve("meta.properties"))) {
      Formatter formatter = new Formatter();
      formatter
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(System.out)
          .run();
    }
    Properties properties = new Properties();
    properties.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller),
            Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controller),
            Map.entry("log.dirs", folder.toString()),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "2"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "2"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            // One that was killed is let back after this, not after 9 s.
            Map.entry("broker.session.timeout.ms", "2000"),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            Map.entry("auto.create.topics.enable", "false")));
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    server.startup();
    return server;
  }

  public KafkaClients clients(String service) {
    return new KafkaClients(settings, service);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
