package io.arbitex.recovery.runtime;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was said of a database in its healthy times, read from {@code recovery.baselines}. */
public final class BaselineHistory {
  private static final Logger log = LoggerFactory.getLogger(BaselineHistory.class);

  /** A broker that is away for so long is told, and asked again by whoever needs it. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final KafkaClients clients;
  private final Framing framing;
  private final Partitions partitions;

  public BaselineHistory(KafkaClients clients, Framing framing) {
    this.clients = clients;
    this.framing = framing;
    this.partitions = new Partitions(clients.settings().partitions());
  }

  /**
   * Records of one component, in the order in which they were published. Canaries come each second
   * from each observer, so {@code keep} should be narrow where the time is long.
   *
   * @param since published at or after it
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  public List<Baseline> since(
      String platform, String component, Instant since, Predicate<Baseline> keep) {
    TopicPartition partition =
        new TopicPartition(Topic.BASELINES.topicName(), partitions.ofPlatform(platform));
    List<Baseline> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("baselines")) {
      consumer.assign(List.of(partition));
      OffsetAndTimestamp start =
          consumer.offsetsForTimes(Map.of(partition, since.toEpochMilli())).get(partition);
      if (start == null) {
        return found;
      }
      consumer.seek(partition, start.offset());
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      long lastProgress = System.nanoTime();
      while (consumer.position(partition) < end) {
        ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
        if (!records.isEmpty()) {
          lastProgress = System.nanoTime();
        } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
          throw new TimeoutException(partition + " gave nothing for " + PATIENCE);
        }
        for (ConsumerRecord<String, byte[]> record : records) {
          try {
            Baseline baseline = framing.decode(record.value(), Baseline.class);
            if (baseline.getPlatform().equals(platform)
                && baseline.getComponent().equals(component)
                && keep.test(baseline)) {
              found.add(baseline);
            }
          } catch (UndecodableRecord e) {
            log.warn("passing over {} at {}: {}", partition, record.offset(), e.getMessage());
          }
        }
      }
    }
    return found;
  }
}
