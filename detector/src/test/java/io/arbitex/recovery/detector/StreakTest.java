package io.arbitex.recovery.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StreakTest {
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
  private final Streak streak = new Streak(Duration.ofSeconds(10));

  private boolean add(HealthStatus status, int second) {
    Symptom symptom = status == HealthStatus.UP ? Symptom.NONE : Symptom.UNREACHABLE;
    return streak.add(new Observation(status, symptom, "", START.plusSeconds(second)));
  }

  @Test
  void theBadTimeBeginsWithTheFirstBadObservationAndEndsWithAGoodOne() {
    add(HealthStatus.UP, 0);
    add(HealthStatus.DOWN, 1);
    add(HealthStatus.DOWN, 2);
    assertThat(streak.consecutive()).isEqualTo(2);
    assertThat(streak.badSince()).isEqualTo(START.plusSeconds(1));
    add(HealthStatus.UP, 3);
    assertThat(streak.badSince()).isNull();
    assertThat(streak.consecutive()).isEqualTo(1);
  }

  @Test
  void anObserverThatWasBlindInBetweenKeepsTheBeginOfTheBadTime() {
    add(HealthStatus.DOWN, 0);
    add(HealthStatus.UNKNOWN, 1);
    add(HealthStatus.DOWN, 2);
    assertThat(streak.badSince()).isEqualTo(START);
    assertThat(streak.consecutive()).isEqualTo(1);
  }

  @Test
  void aLongStreakIsToldAsAHeartbeatOnly() {
    int told = 0;
    for (int second = 0; second < 1_000; second++) {
      told += add(HealthStatus.UP, second) ? 1 : 0;
    }
    assertThat(told).isEqualTo(100 + 90);
    assertThat(add(HealthStatus.DOWN, 1_000)).isTrue();
  }
}
