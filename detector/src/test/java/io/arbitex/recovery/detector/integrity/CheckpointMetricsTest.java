package io.arbitex.recovery.detector.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointMetricsTest {
  private static Baseline told(BaselineKind kind, long second) {
    return Baseline.newBuilder()
        .setPlatform("weu-1")
        .setComponent("postgresql")
        .setKind(kind)
        .setSource("observer-a")
        .setTakenAt(Instant.ofEpochSecond(second))
        .setCounts(List.of())
        .setAlembicHead("")
        .setAuditCount(0)
        .setAuditHeadId(0)
        .setAuditHeadHmac("")
        .build();
  }

  @Test
  void theMomentOfTheNewestCheckpointIsShownAndNoCanarys() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    CheckpointMetrics metrics = new CheckpointMetrics(registry);
    metrics.told(told(BaselineKind.CANARY, 5));
    assertThat(registry.getMeters()).isEmpty();
    metrics.told(told(BaselineKind.CHECKPOINT, 10));
    metrics.told(told(BaselineKind.CHECKPOINT, 20));
    metrics.told(told(BaselineKind.BASELINE, 30));
    assertThat(registry.get("recovery.checkpoint.seconds").tag("platform", "weu-1").gauge().value())
        .isEqualTo(20);
  }
}
