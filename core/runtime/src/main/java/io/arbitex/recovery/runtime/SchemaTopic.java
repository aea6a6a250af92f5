package io.arbitex.recovery.runtime;

import io.arbitex.recovery.record.SchemaEntry;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.RecordType;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code recovery.schemas}: id → schema. Each service writes the ids of its build before it writes
 * anything else, so that an older service can look up what a newer one has written.
 */
public final class SchemaTopic {
  private static final Logger log = LoggerFactory.getLogger(SchemaTopic.class);
  private static final TopicPartition PARTITION = new TopicPartition(Topic.SCHEMAS.topicName(), 0);

  private final KafkaClients clients;
  private final Framing own = new Framing();
  private final Map<Integer, Schema> found = new HashMap<>();
  private KafkaConsumer<String, byte[]> consumer;

  public SchemaTopic(KafkaClients clients) {
    this.clients = clients;
  }

  /** Writes the ids of this build that are not there yet, and returns when Kafka has them. */
  public void announce() {
    Map<Integer, Schema> there = read();
    try (Publisher publisher = new Publisher(clients, own, "schemas")) {
      List<CompletableFuture<RecordMetadata>> written = new ArrayList<>();
      for (RecordType type : RecordType.values()) {
        // Also where something else stands under the id, which no older service could read with.
        if (!type.schema().equals(there.get(type.currentId()))) {
          SchemaEntry entry =
              new SchemaEntry(
                  type.currentId(), type.schema().getFullName(), type.schema().toString());
          written.add(publisher.publish(Topic.SCHEMAS, Integer.toString(type.currentId()), entry));
        }
      }
      written.forEach(CompletableFuture::join);
    }
  }

  /** A framing that looks ids up here which this build does not know. */
  public Framing framing() {
    return new Framing(this::find);
  }

  /**
   * Asks the topic for what was written since it was last asked: a schema is there before the first
   * record that uses it. Ids that no build ever gives are not asked for, so that a flood of damaged
   * records does not become a flood of questions.
   */
  private synchronized Optional<Schema> find(int id) {
    if (id < RecordType.LEAST_ID || id > RecordType.LARGEST_ID) {
      return Optional.empty();
    }
    if (consumer == null) {
      // One for the life of the process, and only where a newer service writes.
      consumer = clients.freeConsumer("schemas");
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
    }
    readOn(consumer, found);
    return Optional.ofNullable(found.get(id));
  }

  private Map<Integer, Schema> read() {
    Map<Integer, Schema> schemas = new HashMap<>();
    try (KafkaConsumer<String, byte[]> once = clients.freeConsumer("schemas")) {
      once.assign(List.of(PARTITION));
      once.seekToBeginning(List.of(PARTITION));
      readOn(once, schemas);
    }
    return schemas;
  }

  private void readOn(KafkaConsumer<String, byte[]> from, Map<Integer, Schema> into) {
    long end = from.endOffsets(List.of(PARTITION)).get(PARTITION);
    while (from.position(PARTITION) < end) {
      for (ConsumerRecord<String, byte[]> record : from.poll(Duration.ofMillis(100))) {
        try {
          SchemaEntry entry = own.decode(record.value(), SchemaEntry.class);
          into.put(entry.getSchemaId(), new Schema.Parser().parse(entry.getDefinition()));
        } catch (UndecodableRecord | AvroRuntimeException | NullPointerException e) {
          // Avro's parser meets some texts that are no schema with the last of these.
          log.warn("passing over a bad entry in {} at {}", PARTITION, record.offset(), e);
        }
      }
    }
  }
}
