package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records that could not be read, kept as they came with where they came from and why. */
public final class DeadLetters {
  public static final String TOPIC = "recovery.dead-letter.topic";
  public static final String PARTITION = "recovery.dead-letter.partition";
  public static final String OFFSET = "recovery.dead-letter.offset";
  public static final String ERROR = "recovery.dead-letter.error";

  /** Length of the record, in bytes, where only its beginning is kept. */
  public static final String LENGTH = "recovery.dead-letter.length";

  public static final String SERVICE = "recovery.dead-letter.service";

  /** No more of a record is kept, so that a letter always fits into its topic. */
  private static final int MOST = Topic.LARGEST / 2;

  private static final int LONGEST_ERROR = 2_000;

  private DeadLetters() {}

  public static Headers headers(
      String service, String topic, int partition, long offset, String error) {
    Headers headers = new RecordHeaders();
    headers.add(TOPIC, bytes(topic));
    headers.add(PARTITION, bytes(Integer.toString(partition)));
    headers.add(OFFSET, bytes(Long.toString(offset)));
    headers.add(
        ERROR,
        bytes(error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) + "…" : error));
    headers.add(SERVICE, bytes(service));
    return headers;
  }

  /** The dead letter of a record, in the partition that it came from. */
  public static ProducerRecord<String, byte[]> of(
      String service,
      String topic,
      int partition,
      long offset,
      String key,
      byte[] value,
      String error) {
    Headers headers = headers(service, topic, partition, offset, error);
    byte[] kept = value;
    if (value != null && value.length > MOST) {
      kept = Arrays.copyOf(value, MOST);
      headers.add(LENGTH, bytes(Integer.toString(value.length)));
    }
    return new ProducerRecord<>(
        Topic.DEAD_LETTERS.topicName(), partition, null, key, kept, headers);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
