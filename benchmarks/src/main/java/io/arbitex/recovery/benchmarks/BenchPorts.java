package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.engine.Journal;
import io.arbitex.recovery.engine.JournalEntries;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.engine.Lease;
import io.arbitex.recovery.engine.Ports;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.StepEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an execution needs around it. */
final class BenchPorts {
  private BenchPorts() {}

  /** A journal in memory: what Kafka costs is measured elsewhere. */
  static Ports of(List<StepEvent> events, Clock clock) {
    Map<String, JournalEntry> entries = new LinkedHashMap<>();
    Journal journal =
        new Journal() {
          private long writes;

          @Override
          public long append(JournalWrite write) {
            entries.put(JournalEntries.key(write.entry()), write.entry());
            events.addAll(write.events());
            return ++writes;
          }

          @Override
          public List<JournalEntry> entries(String commandId) {
            return List.copyOf(entries.values());
          }
        };
    Lease lease =
        new Lease() {
          @Override
          public Duration age() {
            return Duration.ZERO;
          }

          @Override
          public boolean lost() {
            return false;
          }
        };
    return new Ports(
        "postgresql",
        "bench",
        journal,
        lease,
        platform -> Optional.empty(),
        event -> {},
        clock,
        Duration.ofSeconds(2));
  }
}
