package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.JournalDamage;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.JournalState;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What one partition of the journal says to a worker. The newest record of a key counts: when it
 * cannot be believed, its command is in doubt, also for the worker that can read the others.
 */
final class ReadJournal {
  private final String worker;
  private final Framing framing;
  private final Map<String, JournalEntry> entries = new LinkedHashMap<>();
  private final Map<String, Damaged> damaged = new LinkedHashMap<>();
  private final Set<String> ended = new HashSet<>();

  /** A record that is the newest of its key and cannot be believed. */
  record Damaged(ConsumerRecord<String, byte[]> record, String why) {
    String what() {
      return "entry '"
          + record.key()
          + "' in partition "
          + record.partition()
          + " at "
          + record.offset()
          + ": "
          + why;
    }

    ProducerRecord<String, byte[]> letter(String service) {
      return DeadLetters.of(
          service,
          record.topic(),
          record.partition(),
          record.offset(),
          record.key(),
          record.value(),
          why);
    }
  }

  ReadJournal(String worker, Framing framing) {
    this.worker = worker;
    this.framing = framing;
  }

  /** Takes the next record of the partition. */
  void accept(ConsumerRecord<String, byte[]> record) {
    String key = record.key();
    if (record.value() == null) {
      entries.remove(key);
      damaged.remove(key);
      return;
    }
    JournalEntry entry;
    try {
      entry = framing.decode(record.value(), JournalEntry.class);
      JournalDamage.in(key, entry)
          .ifPresent(
              why -> {
                throw new UndecodableRecord(why);
              });
    } catch (UndecodableRecord e) {
      damaged.put(key, new Damaged(record, e.getMessage()));
      return;
    }
    damaged.remove(key);
    if (entry.getState() == JournalState.TERMINAL) {
      ended.add(entry.getCommandId());
    }
    if (entry.getWorker().equals(worker)) {
      entries.put(key, entry);
    }
  }

  /** The newest entries of the worker, with one that stands in for what is damaged. */
  Map<String, JournalEntry> entries(Instant now) {
    Map<String, JournalEntry> all = new LinkedHashMap<>(entries);
    Map<String, String> doubts = new TreeMap<>();
    for (Damaged each : damaged.values()) {
      JournalDamage.commandOf(each.record().key())
          .ifPresent(id -> doubts.merge(id, each.what(), (a, b) -> a + "; " + b));
    }
    doubts.forEach(
        (id, what) -> {
          JournalEntry standIn = JournalDamage.standIn(id, what, now);
          all.put(JournalEntries.key(standIn), standIn);
        });
    return all;
  }

  /** Damage of commands that have no end yet, as far as anybody can say. */
  List<Damaged> damaged() {
    return damaged.values().stream()
        .filter(
            each -> JournalDamage.commandOf(each.record().key()).filter(ended::contains).isEmpty())
        .toList();
  }
}
