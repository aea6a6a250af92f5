package io.arbitex.recovery.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.SchemaEntry;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.RecordType;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that services follow as a whole, with records on them that cannot be believed. */
class FuzzedViewsTest {
  private static final Framing FRAMING = new Framing();
  private static final int SENT = 1_000;
  private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);
  @TempDir static Path folder;
  private static BrokerFixture broker;
  private static KafkaProducer<String, byte[]> producer;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = BrokerFixture.start(folder);
    producer = broker.clients("test").producer("fuzz");
  }

  @AfterAll
  static void endBroker() {
    producer.close(Duration.ZERO);
    broker.close();
  }

  @Test
  void aBadBindingLeavesTheKnownOneAndTheViewGoesOn() throws Exception {
    send(Topic.BINDINGS, "known/db", FRAMING.encode(binding("known", 3)));
    send(Topic.BINDINGS, "known/db", GARBAGE);
    Binding foreign = binding("another", 9);
    send(Topic.BINDINGS, "known/db", FRAMING.encode(foreign));
    Random random = new Random(Long.getLong("fuzz.seed", System.nanoTime()));
    byte[] good = FRAMING.encode(binding("fuzz", 1));
    for (int i = 0; i < SENT; i++) {
      send(Topic.BINDINGS, "fuzz/db", Mutation.of(random, good));
    }
    try (Bindings bindings = new Bindings(broker.clients("view"), FRAMING)) {
      bindings.awaitCaughtUp();
      assertThat(bindings.find("known", "db").orElseThrow().getEpoch()).isEqualTo(3);
      assertThatCode(() -> bindings.throwIfInDoubt("known", "db")).doesNotThrowAnyException();
      assertThat(bindings.passedOver()).isGreaterThan(SENT / 4);
      send(Topic.BINDINGS, "known/db", FRAMING.encode(binding("known", 4)));
      await(() -> bindings.find("known", "db").orElseThrow().getEpoch() == 4);
    }
  }

  /** Compaction keeps the newest record of a key only, and the inventory's may be given up. */
  @Test
  void whereOnlyABadBindingIsLeftNothingIsGuessed() throws Exception {
    send(Topic.BINDINGS, "doubt/db", GARBAGE);
    try (Bindings bindings = new Bindings(broker.clients("view"), FRAMING)) {
      bindings.awaitCaughtUp();
      assertThatThrownBy(() -> bindings.throwIfInDoubt("doubt", "db"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("nobody knows what doubt/db is now")
          .hasMessageContaining("first byte is 67");
      assertThatCode(() -> bindings.throwIfInDoubt("doubt", "other")).doesNotThrowAnyException();
      send(Topic.BINDINGS, "doubt/db", FRAMING.encode(binding("doubt", 1)));
      await(() -> bindings.find("doubt", "db").isPresent());
      assertThatCode(() -> bindings.throwIfInDoubt("doubt", "db")).doesNotThrowAnyException();
    }
  }

  @Test
  void aClusterIsTheInventorysUntilABindingSaysOtherwiseAndNothingWhileThatIsInDoubt()
      throws Exception {
    Inventory.Platform platform = platformWithCluster();
    try (Bindings bindings = new Bindings(broker.clients("view"), FRAMING)) {
      bindings.awaitCaughtUp();
      assertThat(bindings.cluster(platform))
          .contains(new Bindings.ManagedCluster("arbitex-aks", Optional.empty(), 0));
      Binding moved = binding("eu-9", 1);
      moved.setComponent("cluster");
      moved.setResource("arbitex-aks-2");
      moved.setFacts(List.of(new Fact(Bindings.GROUP, "standby-rg")));
      send(Topic.BINDINGS, "eu-9/cluster", GARBAGE);
      await(() -> bindings.passedOver() > 0 && isInDoubt(bindings, platform));
      send(Topic.BINDINGS, "eu-9/cluster", FRAMING.encode(moved));
      await(() -> bindings.find("eu-9", "cluster").isPresent());
      assertThat(bindings.cluster(platform))
          .contains(new Bindings.ManagedCluster("arbitex-aks-2", Optional.of("standby-rg"), 1));
    }
  }

  private static boolean isInDoubt(Bindings bindings, Inventory.Platform platform) {
    try {
      bindings.cluster(platform);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static Inventory.Platform platformWithCluster() throws InvalidConfiguration {
    return Inventory.parse(
            "platform.yaml",
            folder,
            """
            platforms:
              - name: eu-9
                observers: [a]
                endpoints:
                  health: ["http://127.0.0.1:1/health"]
                  adminToken: env:TOKEN
                  auditKey: env:KEY
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
                      like: {location: westeurope, vmSize: Standard_D4s_v5}
            """)
        .platforms()
        .get(0);
  }

  @Test
  void badSchemasArePassedOverAndMendedWhereTheyAreOurs() throws Exception {
    int ours = RecordType.BINDING.currentId();
    int newer = 1_998;
    send(Topic.SCHEMAS, Integer.toString(ours), GARBAGE);
    for (String text : List.of("", "null", "{", "\"string\"", "[]", "{\"type\": \"record\"}")) {
      send(Topic.SCHEMAS, "x", FRAMING.encode(new SchemaEntry(newer, "x", text)));
      send(Topic.SCHEMAS, "y", FRAMING.encode(new SchemaEntry(ours, "y", text)));
    }
    send(Topic.SCHEMAS, "z", null);
    byte[] record = FRAMING.encode(binding("eu-1", 1));
    record[3] = (byte) (newer >> 8);
    record[4] = (byte) newer;
    SchemaTopic reader = new SchemaTopic(broker.clients("older"));
    Framing framing = reader.framing();
    assertThatThrownBy(() -> framing.decode(record)).isInstanceOf(UndecodableRecord.class);
    new SchemaTopic(broker.clients("newer")).announce();
    send(
        Topic.SCHEMAS,
        Integer.toString(newer),
        FRAMING.encode(new SchemaEntry(newer, "binding", RecordType.BINDING.schema().toString())));
    assertThat(framing.decode(record)).as("mended meanwhile").isEqualTo(binding("eu-1", 1));
  }

  @Test
  void aLetterOfAnyRecordFitsIntoItsTopic() throws Exception {
    byte[] bytes = new byte[20 * 1024 * 1024];
    String error = "x".repeat(1_000_000);
    ProducerRecord<String, byte[]> letter =
        DeadLetters.of("test", "recovery.health", 0, 7, "k".repeat(1_000_000), bytes, error);
    assertThat(producer.send(letter).get(30, TimeUnit.SECONDS).hasOffset()).isTrue();
    assertThat(
            new String(
                letter.headers().lastHeader(DeadLetters.LENGTH).value(), StandardCharsets.UTF_8))
        .isEqualTo("20971520");
  }

  private static Binding binding(String platform, long epoch) {
    return new Binding(platform, "db", "server/db", epoch, List.of(), "inc", "cmd", Instant.EPOCH);
  }

  private static void send(Topic topic, String key, byte[] value) throws Exception {
    int partition = new Partitions(BrokerFixture.PARTITIONS).of(topic, key);
    producer
        .send(new ProducerRecord<>(topic.topicName(), partition, key, value))
        .get(30, TimeUnit.SECONDS);
  }

  private static void await(BooleanSupplier condition) {
    Instant until = Instant.now().plusSeconds(30);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(until);
      Thread.onSpinWait();
    }
  }
}
