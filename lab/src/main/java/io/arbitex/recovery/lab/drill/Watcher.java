package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.console.feed.RecordFeed;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.KafkaSettings;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.KafkaException;

/**
 * Follows all topics of a lab on a thread of its own, as anybody could who may read them; keeps
 * every record and hands each on as it comes.
 */
public final class Watcher implements AutoCloseable {
  private static final List<Topic> TOPICS =
      List.of(
          Topic.COMMANDS_POSTGRESQL,
          Topic.COMMANDS_REDIS,
          Topic.COMMANDS_PVC,
          Topic.COMMANDS_CUTOVER,
          Topic.COMMANDS_VERIFIER,
          Topic.COMMANDS_NOTIFY,
          Topic.HEALTH,
          Topic.DECISIONS,
          Topic.INCIDENTS,
          Topic.PLANS,
          Topic.PROGRESS,
          Topic.VALIDATIONS,
          Topic.PHASE_METRICS,
          Topic.BINDINGS,
          Topic.BACKUPS,
          Topic.BASELINES,
          Topic.APPROVALS);

  private final List<SpecificRecordBase> records = new ArrayList<>();
  private final Consumer<SpecificRecordBase> each;
  private final RecordFeed feed;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param each told of every record, on the watcher's thread
   */
  public Watcher(String bootstrap, int partitions, Consumer<SpecificRecordBase> each) {
    this.each = each;
    KafkaClients clients =
        new KafkaClients(new KafkaSettings(bootstrap, partitions, 1, Map.of()), "watcher");
    Framing framing = new SchemaTopic(clients).framing();
    this.feed = new RecordFeed(clients, framing, TOPICS);
    this.thread = new Thread(this::follow, "watcher");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void follow() {
    try (feed) {
      while (!closed) {
        try {
          feed.poll(Duration.ofMillis(100), (record, value) -> take(value));
        } catch (KafkaException e) {
          // The broker may be what is being killed; the watcher goes on when it is back.
          synchronized (records) {
            records.notifyAll();
          }
        }
      }
    }
  }

  private void take(SpecificRecordBase value) {
    synchronized (records) {
      records.add(value);
      records.notifyAll();
    }
    each.accept(value);
  }

  /** All records so far. */
  public List<SpecificRecordBase> records() {
    synchronized (records) {
      return List.copyOf(records);
    }
  }

  /**
   * Waits until a record satisfies the condition, one of the past included.
   *
   * @return empty when none did in time
   */
  public Optional<SpecificRecordBase> await(Duration limit, Predicate<SpecificRecordBase> condition)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    int looked = 0;
    synchronized (records) {
      while (true) {
        for (; looked < records.size(); looked++) {
          if (condition.test(records.get(looked))) {
            return Optional.of(records.get(looked));
          }
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return Optional.empty();
        }
        records.wait(left);
      }
    }
  }

  /**
   * Waits until all records so far together satisfy the condition.
   *
   * @return whether they did in time
   */
  public boolean awaitAll(Duration limit, Predicate<List<SpecificRecordBase>> condition)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (records) {
      while (!condition.test(List.copyOf(records))) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        records.wait(left);
      }
      return true;
    }
  }

  /** An event of an incident opened at or after {@code since}. */
  public Optional<IncidentEvent> awaitIncident(
      Duration limit, Instant since, Predicate<IncidentEvent> condition)
      throws InterruptedException {
    return await(
            limit,
            value ->
                value instanceof IncidentEvent event
                    && !event.getAt().isBefore(since)
                    && condition.test(event))
        .map(IncidentEvent.class::cast);
  }

  /** Waits for the phase metrics, which come after the end of an incident. */
  public boolean awaitMetrics(Duration limit, String incidentId) throws InterruptedException {
    return await(
            limit,
            value ->
                value instanceof PhaseMetric metric
                    && metric.getIncidentId().equals(incidentId)
                    && metric.getPhase() == Phase.TOTAL)
        .isPresent();
  }

  /** Everything about the first incident since; empty where none was opened. */
  public IncidentRecords opened(Instant since) throws InterruptedException {
    return incident(
        awaitIncident(Duration.ZERO, since, event -> true)
            .map(IncidentEvent::getIncidentId)
            .orElse(""));
  }

  /** Everything about an incident. */
  public IncidentRecords incident(String incidentId) {
    IncidentRecords found = new IncidentRecords(incidentId);
    records().forEach(found::add);
    return found;
  }

  /** The decision log, in order. */
  public List<Decision> decisions() {
    return records().stream().filter(Decision.class::isInstance).map(Decision.class::cast).toList();
  }

  /**
   * Whether an event ends what a drill waits for: for good, or until a person acts. A missing
   * quorum may come back by itself, when an observer was killed and is started again.
   */
  public static boolean isEnd(IncidentEvent event) {
    return event.getKind() == IncidentKind.RESOLVED
        || event.getKind() == IncidentKind.SELF_HEALED
        || event.getKind() == IncidentKind.ESCALATED
        || (event.getKind() == IncidentKind.BLOCKED
            && event.getBlockedReason() != BlockedReason.NO_QUORUM)
        || event.getKind() == IncidentKind.WEDGED;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
