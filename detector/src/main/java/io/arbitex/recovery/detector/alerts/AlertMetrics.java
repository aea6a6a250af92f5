package io.arbitex.recovery.detector.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Counts of alerts by receiver: {@code recovery_alerts_..._total}. */
final class AlertMetrics {
  /** Why a message was not taken. */
  enum Rejection {
    UNKNOWN_RECEIVER,
    UNAUTHORIZED,
    TOO_LARGE,
    TOO_SLOW,
    TOO_MANY,
    MALFORMED,
    QUEUE_FULL,
    NOT_KEPT
  }

  private final MeterRegistry registry;

  AlertMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void received(String receiver, int alerts) {
    registry.counter("recovery.alerts.received", "receiver", receiver).increment(alerts);
  }

  void mapped(String receiver) {
    registry.counter("recovery.alerts.mapped", "receiver", receiver).increment();
  }

  void unmapped(String receiver) {
    registry.counter("recovery.alerts.unmapped", "receiver", receiver).increment();
  }

  void rejected(String receiver, Rejection why) {
    String reason = why.name().toLowerCase(Locale.ROOT).replace('_', '-');
    registry
        .counter("recovery.alerts.rejected", "receiver", receiver, "reason", reason)
        .increment();
  }
}
