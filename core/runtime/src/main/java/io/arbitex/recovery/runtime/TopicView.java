package io.arbitex.recovery.runtime;

import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a whole topic from its beginning on a thread of its own and hands each record over in the
 * order of its partition; nothing is committed, each process sees all.
 */
public final class TopicView<T extends SpecificRecordBase> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopicView.class);

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Framing framing;
  private final Class<T> type;
  private final BiConsumer<String, T> each;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Thread thread;
  private final BiConsumer<String, String> unreadable;
  private final LongAdder passedOver = new LongAdder();
  private volatile boolean closed;
  private volatile Throwable ended;

  /**
   * Begins to follow.
   *
   * @param each given the key and the value of each record, null for a tombstone; throws {@link
   *     UndecodableRecord} for a value that does not belong there
   * @param unreadable given the key (it may be null) of each record that cannot be believed, and
   *     why
   */
  public TopicView(
      KafkaClients clients,
      Framing framing,
      Topic topic,
      Class<T> type,
      BiConsumer<String, T> each,
      BiConsumer<String, String> unreadable) {
    this.consumer = clients.freeConsumer("view." + topic.topicName());
    int count = topic.singlePartition() ? 1 : clients.settings().partitions();
    this.partitions =
        IntStream.range(0, count)
            .mapToObj(partition -> new TopicPartition(topic.topicName(), partition))
            .toList();
    this.framing = framing;
    this.type = type;
    this.each = each;
    this.unreadable = unreadable;
    this.thread = new Thread(this::followToTheEnd, "view-" + topic.topicName());
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /**
   * Waits until everything has been handed over that was on the topic when the view began.
   *
   * @throws InterruptedException when interrupted meanwhile
   */
  public void awaitCaughtUp() throws InterruptedException {
    caughtUp.await();
  }

  /** Records that could not be believed, since the view began. */
  public long passedOver() {
    return passedOver.sum();
  }

  /**
   * Why nothing is followed any more, so that what the service knows grows old; empty while it is.
   */
  public Optional<String> sick() {
    return Optional.ofNullable(ended)
        .map(why -> partitions.get(0).topic() + " is not followed any more: " + why);
  }

  private void followToTheEnd() {
    try {
      follow();
    } catch (RuntimeException | Error e) {
      ended = e;
      log.error("{} is not followed any more", partitions.get(0).topic(), e);
      throw e;
    }
  }

  private void follow() {
    try (consumer) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = null;
      while (!closed) {
        try {
          if (ends == null) {
            ends = consumer.endOffsets(partitions);
          }
          acceptAll(consumer.poll(Duration.ofMillis(250)));
          if (caughtUp.getCount() > 0
              && ends.entrySet().stream()
                  .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            caughtUp.countDown();
          }
        } catch (WakeupException e) {
          if (!closed) {
            throw e;
          }
        } catch (KafkaException e) {
          log.warn("following {}: {}; going on", partitions.get(0).topic(), e.toString());
        }
      }
    }
  }

  /** Hands over in order; after a failure of Kafka meanwhile, the rest is read again. */
  private void acceptAll(ConsumerRecords<String, byte[]> batch) {
    for (TopicPartition partition : batch.partitions()) {
      for (ConsumerRecord<String, byte[]> found : batch.records(partition)) {
        try {
          accept(found);
        } catch (KafkaException e) {
          log.warn("{} at {} is read again: {}", partition, found.offset(), e.toString());
          consumer.seek(partition, found.offset());
          break;
        }
      }
    }
  }

  private void accept(ConsumerRecord<String, byte[]> found) {
    String where = found.topic() + "-" + found.partition() + " at " + found.offset();
    try {
      each.accept(found.key(), found.value() == null ? null : framing.decode(found.value(), type));
    } catch (UndecodableRecord e) {
      // Not a dead letter: every process has such a view, and the classifier keeps it already.
      log.warn("passing over {}: {}", where, e.getMessage());
      passOver(found.key(), where + ": " + e.getMessage());
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      // A view that ends leaves its service with what was true then.
      log.error("passing over {}", where, e);
      passOver(found.key(), where + ": " + e);
    }
  }

  private void passOver(String key, String why) {
    passedOver.increment();
    unreadable.accept(key, why);
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
