package io.arbitex.recovery.console.feed;

import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Reads several topics with one consumer. To be used by one thread. */
public final class RecordFeed implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private final Framing framing;
  private final List<TopicPartition> partitions = new ArrayList<>();

  public RecordFeed(KafkaClients clients, Framing framing, List<Topic> topics) {
    this.consumer = clients.freeConsumer("feed");
    this.framing = framing;
    for (Topic topic : topics) {
      int count = topic.singlePartition() ? 1 : clients.settings().partitions();
      for (int partition = 0; partition < count; partition++) {
        partitions.add(new TopicPartition(topic.topicName(), partition));
      }
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Starts at the first records at or after a moment. */
  public void startAt(Instant moment) {
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, moment.toEpochMilli()));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp at = found.get(partition);
      if (at == null) {
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition);
      } else {
        consumer.seek(partition, at.offset());
      }
    }
  }

  /** Hands over what comes within {@code wait}; undecodable records are passed over. */
  public void poll(
      Duration wait, BiConsumer<ConsumerRecord<String, byte[]>, SpecificRecordBase> each) {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(wait)) {
      if (record.value() == null) {
        continue;
      }
      SpecificRecordBase value;
      try {
        value = framing.decode(record.value());
      } catch (UndecodableRecord e) {
        continue;
      }
      each.accept(record, value);
    }
  }

  /** Hands over everything up to what is there now. */
  public void toEnd(BiConsumer<ConsumerRecord<String, byte[]>, SpecificRecordBase> each) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream()
        .anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      poll(Duration.ofMillis(100), each);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
