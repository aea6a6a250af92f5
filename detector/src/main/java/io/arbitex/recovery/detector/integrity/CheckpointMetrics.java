package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.schemas.Keys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code recovery_checkpoint_seconds}: the moment of the newest checkpoint that this observer has
 * signed, in seconds since 1970; its age is what a corruption would lose.
 */
public final class CheckpointMetrics {
  private final MeterRegistry registry;
  private final Map<String, AtomicLong> moments = new ConcurrentHashMap<>();

  public CheckpointMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts a checkpoint; other baselines are passed over. */
  public void told(Baseline baseline) {
    if (baseline.getKind() == BaselineKind.CHECKPOINT) {
      moments
          .computeIfAbsent(
              Keys.of(baseline.getPlatform(), baseline.getComponent()), key -> gauge(baseline))
          .set(baseline.getTakenAt().getEpochSecond());
    }
  }

  private AtomicLong gauge(Baseline baseline) {
    AtomicLong moment = new AtomicLong();
    Gauge.builder("recovery.checkpoint.seconds", moment, AtomicLong::get)
        .tag("platform", baseline.getPlatform())
        .tag("component", baseline.getComponent())
        .register(registry);
    return moment;
  }
}
