package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for the newest checkpoint on {@code recovery.baselines} from its end backwards: between two
 * checkpoints lie thousands of canaries.
 */
public final class CheckpointTopic implements Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(CheckpointTopic.class);

  /** Records that are read at once: hours of canaries, some megabytes. */
  private static final long STRETCH = 20_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(250);

  private final KafkaClients clients;
  private final Framing framing;
  private final Partitions partitions;
  private final long stretch;

  public CheckpointTopic(KafkaClients clients, Framing framing) {
    this(clients, framing, STRETCH);
  }

  CheckpointTopic(KafkaClients clients, Framing framing, long stretch) {
    this.stretch = stretch;
    this.clients = clients;
    this.framing = framing;
    this.partitions = new Partitions(clients.settings().partitions());
  }

  @Override
  public Optional<Baseline> newest(String platform, Predicate<Baseline> believed)
      throws IOException {
    TopicPartition partition =
        new TopicPartition(Topic.BASELINES.topicName(), partitions.ofPlatform(platform));
    List<TopicPartition> only = List.of(partition);
    try (KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("checkpoints")) {
      consumer.assign(only);
      long first = consumer.beginningOffsets(only).get(partition);
      Optional<Baseline> newest = Optional.empty();
      for (long to = consumer.endOffsets(only).get(partition);
          to > first && newest.isEmpty();
          to = Math.max(first, to - stretch)) {
        newest = newestIn(consumer, partition, Math.max(first, to - stretch), to, believed);
      }
      return newest;
    } catch (KafkaException e) {
      throw new IOException("the checkpoints cannot be read: " + e, e);
    }
  }

  private Optional<Baseline> newestIn(
      KafkaConsumer<String, byte[]> consumer,
      TopicPartition partition,
      long from,
      long to,
      Predicate<Baseline> believed)
      throws IOException {
    consumer.seek(partition, from);
    Optional<Baseline> newest = Optional.empty();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition) < to) {
      if (System.nanoTime() > end) {
        throw new IOException(partition + " gives nothing from " + from + " to " + to);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        newest =
            Stream.concat(newest.stream(), decoded(record).filter(believed).stream())
                .max(Comparator.comparing(Baseline::getTakenAt));
      }
    }
    return newest;
  }

  private Optional<Baseline> decoded(ConsumerRecord<String, byte[]> record) {
    try {
      return record.value() == null
          ? Optional.empty()
          : Optional.of(framing.decode(record.value(), Baseline.class));
    } catch (UndecodableRecord e) {
      log.warn("passing over {} at {}: {}", record.topic(), record.offset(), e.getMessage());
      return Optional.empty();
    }
  }
}
