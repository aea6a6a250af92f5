package io.arbitex.recovery.detector.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointTopicTest {
  private static final byte[] KEY = "audit-key".getBytes(StandardCharsets.UTF_8);
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

  private static Baseline canary(String platform, int second) {
    return Baseline.newBuilder()
        .setPlatform(platform)
        .setComponent("postgresql")
        .setKind(BaselineKind.CANARY)
        .setSource("observer-a")
        .setTakenAt(AT.plusSeconds(second))
        .setCounts(List.of())
        .setAlembicHead("")
        .setAuditCount(second)
        .setAuditHeadId(second)
        .setAuditHeadHmac("0")
        .setCanaryId((long) second)
        .build();
  }

  @Test
  void theNewestBelievedCheckpointIsFoundBehindAllTheCanaries(@TempDir Path folder)
      throws Exception {
    try (BrokerFixture broker = BrokerFixture.start(folder)) {
      KafkaClients clients = broker.clients("observer-a");
      Framing framing = new Framing();
      CheckpointTopic topic = new CheckpointTopic(clients, framing, 400);
      assertThat(newest(topic)).isEmpty();
      try (Publisher publisher = new Publisher(clients, framing, "observer")) {
        publish(publisher, Checkpoint.sign(canary("weu-1", 1), "primary", 0, KEY));
        publish(publisher, Checkpoint.sign(canary("weu-1", 9), "primary", 0, KEY));
        // An observer that was slow published an older moment later.
        publish(publisher, Checkpoint.sign(canary("weu-1", 5), "primary", 0, KEY));
        CompletableFuture.allOf(
                IntStream.range(10, 1_500)
                    .mapToObj(
                        second ->
                            publisher.publish(Topic.BASELINES, "weu-1", canary("weu-1", second)))
                    .toArray(CompletableFuture[]::new))
            .join();
        byte[] other = {1};
        publish(publisher, Checkpoint.sign(canary("weu-1", 50_000), "primary", 0, other));
        publish(publisher, Checkpoint.sign(canary(neighbour(), 50_001), "primary", 0, KEY));
      }
      assertThat(newest(topic)).map(Baseline::getTakenAt).contains(AT.plusSeconds(9));
    }
  }

  private static void publish(Publisher publisher, Baseline baseline) {
    publisher.publish(Topic.BASELINES, baseline.getPlatform(), baseline).join();
  }

  private static Optional<Baseline> newest(CheckpointTopic topic) throws Exception {
    return topic.newest(
        "weu-1", each -> Checkpoint.verified(each, "weu-1", "postgresql", KEY).isPresent());
  }

  /** A platform in the same partition. */
  private static String neighbour() {
    Partitions partitions = new Partitions(BrokerFixture.PARTITIONS);
    return IntStream.range(2, 100)
        .mapToObj(number -> "weu-" + number)
        .filter(name -> partitions.ofPlatform(name) == partitions.ofPlatform("weu-1"))
        .findFirst()
        .orElseThrow();
  }
}
