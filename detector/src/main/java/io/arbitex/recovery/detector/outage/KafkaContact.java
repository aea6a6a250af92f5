package io.arbitex.recovery.detector.outage;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether Kafka takes what this observer publishes. A probe publishes at least each of its
 * heartbeats, so silence is no sign of health. To be used by any thread.
 */
public final class KafkaContact {
  private Instant acknowledgedAt;
  private Optional<String> error = Optional.empty();
  private boolean acknowledged;

  /**
   * @param begin when Kafka was there last, for what follows
   */
  public KafkaContact(Instant begin) {
    this.acknowledgedAt = begin;
  }

  /** Kafka has a record. */
  public synchronized void acknowledged(Instant at) {
    acknowledgedAt = at;
    acknowledged = true;
    error = Optional.empty();
  }

  /** Kafka does not have a record. */
  public synchronized void refused(String why) {
    error = Optional.of(why);
  }

  /** Since when it has acknowledged nothing, when that is longer than a span and an error. */
  synchronized Optional<Away> away(Duration span, Instant now) {
    return error
        .filter(why -> Duration.between(acknowledgedAt, now).compareTo(span) >= 0)
        .map(why -> new Away(acknowledgedAt, why));
  }

  /** Whether it works: the newest record was acknowledged, not longer ago than a span. */
  synchronized boolean works(Duration span, Instant now) {
    return acknowledged
        && error.isEmpty()
        && Duration.between(acknowledgedAt, now).compareTo(span) <= 0;
  }

  /**
   * @param why the newest error
   */
  record Away(Instant since, String why) {}
}
