package io.arbitex.recovery.console.alerts;

import io.arbitex.recovery.alerts.UnmappedAlert;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.schemas.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** The dead letters that are alerts. */
final class UnmappedLetters {
  /**
   * One of them.
   *
   * @param at when it was kept, ISO 8601
   */
  record Letter(String at, String receiver, String why, UnmappedAlert alert) {}

  private UnmappedLetters() {}

  /** All that are there now, the oldest first. */
  static List<Letter> read(KafkaClients clients) {
    List<Letter> letters = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("unmapped-alerts")) {
      List<TopicPartition> partitions =
          IntStream.range(0, clients.settings().partitions())
              .mapToObj(each -> new TopicPartition(Topic.DEAD_LETTERS.topicName(), each))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Optional<Letter> letter = letter(record);
          letter.ifPresent(letters::add);
        }
      }
    }
    letters.sort(Comparator.comparing(Letter::at));
    return letters;
  }

  private static Optional<Letter> letter(ConsumerRecord<String, byte[]> record) {
    String origin = header(record, DeadLetters.TOPIC);
    if (!origin.startsWith(UnmappedAlert.ORIGIN) || record.value() == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Letter(
            Instant.ofEpochMilli(record.timestamp()).toString(),
            origin.substring(UnmappedAlert.ORIGIN.length()),
            header(record, DeadLetters.ERROR),
            alert(record.value())));
  }

  /** One letter that cannot be read must not hide the others. */
  private static UnmappedAlert alert(byte[] value) {
    try {
      UnmappedAlert alert = UnmappedAlert.read(value);
      return alert == null ? unreadable("it is empty") : alert;
    } catch (IOException e) {
      return unreadable(e.getMessage());
    }
  }

  private static UnmappedAlert unreadable(String why) {
    return new UnmappedAlert(
        "unreadable", "", "", "", List.of(), Map.of(), "the letter itself cannot be read: " + why);
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
