package io.arbitex.recovery.classifier;

import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;

/** What observers and the backup say of the platforms of {@code Examples}. */
final class Records {
  private Records() {}

  static HealthEvent health(
      String platform, String observer, HealthStatus status, int streak, Instant now) {
    boolean up = status == HealthStatus.UP;
    return HealthEvent.newBuilder()
        .setId(observer + now)
        .setPlatform(platform)
        .setComponent("postgresql")
        .setObserver(observer)
        .setSource(HealthSource.PROBE)
        .setStatus(status)
        .setSymptom(up ? Symptom.NONE : Symptom.UNREACHABLE)
        .setConsecutive(streak)
        .setResource("primary")
        .setBindingEpoch(0)
        .setObservedAt(now)
        .setBadSince(up ? null : now)
        .setDetail("")
        .build();
  }

  /** Taken a minute before. */
  static RestorePoint restorePoint(String platform, Instant now) {
    return RestorePoint.newBuilder()
        .setId("rp-1")
        .setPlatform(platform)
        .setComponent("postgresql")
        .setKind(RestorePointKind.DUMP)
        .setState(RestorePointState.AVAILABLE)
        .setTakenAt(now.minusSeconds(60))
        .setFinishedAt(now)
        .setLocation("x")
        .setFormat("custom")
        .setSizeBytes(1)
        .setSha256("")
        .setToolVersion("")
        .setServerVersion("")
        .build();
  }
}
