package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes records of the catalogue to their topics, each into its platform's partition. */
public final class Publisher implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;
  private final Framing framing;
  private final Partitions partitions;

  public Publisher(KafkaClients clients, Framing framing, String purpose) {
    this.producer = clients.producer(purpose);
    this.framing = framing;
    this.partitions = new Partitions(clients.settings().partitions());
  }

  /** Completes when Kafka has the record, exceptionally when it could not be written. */
  public CompletableFuture<RecordMetadata> publish(
      Topic topic, String key, SpecificRecordBase value) {
    CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
    try {
      producer.send(
          record(topic, key, value),
          (metadata, error) -> {
            if (error == null) {
              done.complete(metadata);
            } else {
              done.completeExceptionally(error);
            }
          });
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  /** The record as it would be sent. */
  public ProducerRecord<String, byte[]> record(Topic topic, String key, SpecificRecordBase value) {
    return new ProducerRecord<>(
        topic.topicName(), partitions.of(topic, key), key, framing.encode(value));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
