package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Reads what the journal holds for a worker in some partitions. */
final class JournalReader {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final KafkaClients clients;
  private final Framing framing;
  private final Worker worker;

  JournalReader(KafkaClients clients, Framing framing, Worker worker) {
    this.clients = clients;
    this.framing = framing;
    this.worker = worker;
  }

  /**
   * What the journal says, by partition, up to the very end. To be called after every earlier owner
   * was fenced, so that nothing of theirs is still to come.
   *
   * <p>The end is the high watermark. The end that a read_committed consumer is told stops before
   * the first open transaction, and the workers of a platform share a partition: another worker's
   * open transaction would hide our predecessor's last intents.
   */
  Map<Integer, ReadJournal> read(Collection<Integer> partitions) {
    Map<Integer, ReadJournal> found = new HashMap<>();
    partitions.forEach(partition -> found.put(partition, new ReadJournal(worker.id(), framing)));
    List<TopicPartition> assigned =
        partitions.stream()
            .map(partition -> new TopicPartition(Topic.JOURNAL.topicName(), partition))
            .toList();
    Map<TopicPartition, Long> ends = ends(assigned);
    long since = System.nanoTime();
    try (KafkaConsumer<String, byte[]> consumer = clients.freeConsumer("journal." + worker.id())) {
      consumer.assign(assigned);
      consumer.seekToBeginning(assigned);
      while (assigned.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (ConsumerRecord<String, byte[]> each : consumer.poll(Duration.ofMillis(100))) {
          found.get(each.partition()).accept(each);
        }
        if (System.nanoTime() - since > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              "the journal could not be read to its end within " + PATIENCE.toSeconds() + " s");
        }
      }
    }
    return found;
  }

  private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(each -> wanted.put(each, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try (Admin admin = clients.admin()) {
      admin
          .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .all()
          .get()
          .forEach((partition, end) -> ends.put(partition, end.offset()));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of the journal cannot be asked for", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading the journal", e);
    }
    return ends;
  }
}
