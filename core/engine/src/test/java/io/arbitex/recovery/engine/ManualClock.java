package io.arbitex.recovery.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test moves. */
final class ManualClock extends Clock {
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");

  void move(Duration by) {
    now = now.plus(by);
  }

  void moveTo(Instant moment) {
    if (moment.isAfter(now)) {
      now = moment;
    }
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
