package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.OwnershipLost;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of commands that this process owns, and its part of the journal. All that is
 * written for it goes through one transactional producer, whose making has fenced every earlier
 * owner. Once fenced itself it stays so: only a new assignment by the group makes a new one.
 */
final class OwnedPartition implements Journal, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OwnedPartition.class);
  private static final long RETRY_MILLIS = 100;
  private static final Duration TELL = Duration.ofSeconds(5);

  private final TopicPartition partition;
  private final KafkaProducer<String, byte[]> producer;
  private final Framing framing;
  private final PartitionLease lease;
  private volatile RuntimeException broken;
  private final Map<String, JournalEntry> entries = new LinkedHashMap<>();

  /**
   * Fences every earlier owner. The journal is read after it, and given to {@link #know}.
   *
   * @throws KafkaException when Kafka does not answer
   */
  OwnedPartition(TopicPartition partition, KafkaClients clients, Framing framing, Clock clock) {
    this.partition = partition;
    this.framing = framing;
    this.lease = new PartitionLease(clock);
    this.producer =
        clients.transactionalProducer("exec." + partition.topic() + "." + partition.partition());
    PartitionLease.Proof begun = lease.now();
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    lease.proven(begun);
  }

  TopicPartition partition() {
    return partition;
  }

  PartitionLease lease() {
    return lease;
  }

  synchronized void know(Map<String, JournalEntry> read) {
    entries.putAll(read);
  }

  synchronized List<StepCommand> unfinished() {
    return JournalEntries.unfinished(entries.values());
  }

  @Override
  public synchronized List<JournalEntry> entries(String commandId) {
    return entries.values().stream()
        .filter(entry -> entry.getCommandId().equals(commandId))
        .toList();
  }

  @Override
  public long append(JournalWrite write) {
    return append(write, Optional.empty(), Optional.empty());
  }

  /**
   * A command's place in its topic, to be moved on in the transaction that writes it to the
   * journal.
   *
   * @param offset the next one to read
   */
  record Place(long offset, ConsumerGroupMetadata group) {}

  /**
   * Writes all in one transaction.
   *
   * @param patience after it the write is given up; empty to try until ownership is lost
   */
  synchronized long append(JournalWrite write, Optional<Place> place, Optional<Duration> patience) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    JournalEntry entry = write.entry();
    records.add(record(Topic.JOURNAL, JournalEntries.key(entry), entry));
    for (StepEvent event : write.events()) {
      records.add(record(Topic.PROGRESS, event.getPlatform(), event));
    }
    if (write.binding().isPresent()) {
      Binding binding = write.binding().get();
      records.add(
          record(Topic.BINDINGS, Keys.of(binding.getPlatform(), binding.getComponent()), binding));
    }
    long offset = transact(records, place, patience);
    entries.put(JournalEntries.key(entry), entry);
    return offset;
  }

  /** Moves on past a record that is no command, which becomes a dead letter. */
  synchronized void bury(ProducerRecord<String, byte[]> letter, Place place, Duration patience) {
    transact(List.of(letter), Optional.of(place), Optional.of(patience));
  }

  /** Keeps what cannot be believed as dead letters. */
  synchronized void keep(List<ProducerRecord<String, byte[]>> letters, Duration patience) {
    transact(letters, Optional.empty(), Optional.of(patience));
  }

  /** All of a platform lies in one partition number, so the partition of the commands is it. */
  private ProducerRecord<String, byte[]> record(Topic topic, String key, SpecificRecordBase value) {
    return new ProducerRecord<>(
        topic.topicName(), partition.partition(), key, framing.encode(value));
  }

  /**
   * @return the offset of the first record
   */
  private long transact(
      List<ProducerRecord<String, byte[]>> records,
      Optional<Place> place,
      Optional<Duration> patience) {
    long since = System.nanoTime();
    long told = since;
    while (true) {
      if (lease.lost()) {
        throw new OwnershipLost(partition + " was given to another process", null);
      }
      PartitionLease.Proof begun = lease.now();
      KafkaException failure;
      try {
        long offset = tryOnce(records, place);
        lease.proven(begun);
        return offset;
      } catch (ProducerFencedException | FencedInstanceIdException e) {
        throw fenced(e);
      } catch (AuthorizationException
          | UnsupportedVersionException
          | InvalidPidMappingException e) {
        throw broken(e);
      } catch (KafkaException e) {
        failure = e;
      }
      abort(failure);
      long now = System.nanoTime();
      if (patience.isPresent() && now - since > patience.get().toNanos()) {
        throw failure;
      }
      if (now - told > TELL.toNanos()) {
        told = now;
        log.warn("{}: the journal cannot be written, trying on: {}", partition, failure.toString());
      }
      pause();
    }
  }

  private long tryOnce(List<ProducerRecord<String, byte[]>> records, Optional<Place> place) {
    producer.beginTransaction();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ProducerRecord<String, byte[]> record : records) {
      sent.add(producer.send(record));
    }
    place.ifPresent(
        at ->
            producer.sendOffsetsToTransaction(
                Map.of(partition, new OffsetAndMetadata(at.offset())), at.group()));
    try {
      producer.commitTransaction();
    } catch (TimeoutException e) {
      // Nobody knows whether it is committed. Asking again is safe, and tells.
      producer.commitTransaction();
    }
    try {
      return sent.get(0).get().offset();
    } catch (ExecutionException e) {
      throw new IllegalStateException("committed, yet a record failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted after the commit", e);
    }
  }

  /**
   * Tells a zombie from an owner that was slow: both are told that their epoch is invalid, but only
   * the owner may abort and go on.
   */
  private void abort(KafkaException failure) {
    try {
      producer.abortTransaction();
    } catch (ProducerFencedException e) {
      throw fenced(e);
    } catch (InvalidProducerEpochException e) {
      throw fenced(e);
    } catch (TimeoutException e) {
      // Kafka is away; the next try begins with the same question.
      log.debug("{}: could not abort yet", partition, e);
    } catch (KafkaException | IllegalStateException e) {
      e.addSuppressed(failure);
      throw broken(e);
    }
  }

  /** The producer is of no use any more; only a new assignment by the group makes a new one. */
  private RuntimeException broken(RuntimeException e) {
    broken = e;
    return e;
  }

  /**
   * For the polling thread.
   *
   * @throws KafkaException when the producer cannot be used any more
   */
  void throwIfBroken() {
    if (broken != null) {
      throw new KafkaException("the producer of " + partition + " is of no use any more", broken);
    }
  }

  private OwnershipLost fenced(KafkaException e) {
    lease.lose();
    log.warn("{}: fenced, another process owns it: {}", partition, e.toString());
    return new OwnershipLost(partition + " is owned by another process", e);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the journal could not be written", e);
    }
  }

  /** Nothing is written for it any more by this process. */
  @Override
  public void close() {
    lease.lose();
    producer.close(Duration.ofSeconds(1));
  }
}
