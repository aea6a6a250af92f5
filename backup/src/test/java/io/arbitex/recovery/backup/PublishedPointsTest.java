package io.arbitex.recovery.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.Mutation;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is damaged on {@code recovery.backups} is passed over, and told again. */
class PublishedPointsTest {
  private static final Framing FRAMING = new Framing();
  private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);
  @TempDir Path log;

  @Test
  void damagedPointsAreToldAgainAndForeignOnesAreNot() throws Exception {
    try (BrokerFixture broker = BrokerFixture.start(log);
        KafkaProducer<String, byte[]> producer = broker.clients("test").producer("fuzz")) {
      send(producer, "eu-1/whole", FRAMING.encode(point("whole")));
      send(producer, "eu-1/damaged", FRAMING.encode(point("damaged")));
      send(producer, "eu-1/damaged", GARBAGE);
      send(producer, "eu-1/foreign", FRAMING.encode(point("another")));
      Random random = new Random(Long.getLong("fuzz.seed", System.nanoTime()));
      byte[] good = FRAMING.encode(point("fuzz"));
      for (int i = 0; i < 500; i++) {
        send(producer, "eu-1/fuzz", Mutation.of(random, good));
      }
      send(producer, "eu-1/fuzz", null);
      try (PublishedPoints published = new PublishedPoints(broker.clients("backup"), FRAMING)) {
        published.awaitCaughtUp();
        assertThat(published.of("eu-1", "postgresql")).containsExactly(point("whole"));
        assertThat(published.passedOver()).isGreaterThan(100);
        List<Reconciliation.Lying> lying =
            List.of(
                new Reconciliation.Lying(point("whole"), true),
                new Reconciliation.Lying(point("damaged"), true));
        assertThat(Reconciliation.of(published.of("eu-1", "postgresql"), lying, true))
            .containsExactly(point("damaged"));
      }
    }
  }

  private static void send(KafkaProducer<String, byte[]> producer, String key, byte[] value)
      throws Exception {
    int partition = new Partitions(BrokerFixture.PARTITIONS).ofPlatform("eu-1");
    producer
        .send(new ProducerRecord<>(Topic.BACKUPS.topicName(), partition, key, value))
        .get(30, TimeUnit.SECONDS);
  }

  private static RestorePoint point(String id) {
    return RestorePoint.newBuilder()
        .setId(id)
        .setPlatform("eu-1")
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(RestorePointState.AVAILABLE)
        .setTakenAt(Instant.parse("2026-03-10T10:00:00Z"))
        .setFinishedAt(Instant.parse("2026-03-10T10:01:00Z"))
        .setLocation("/backups/" + id + ".dump")
        .setFormat("custom")
        .setSizeBytes(4)
        .setSha256("ab".repeat(32))
        .setToolVersion("15.18")
        .setServerVersion("15.18")
        .build();
  }
}
