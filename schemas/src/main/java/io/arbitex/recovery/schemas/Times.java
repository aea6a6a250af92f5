package io.arbitex.recovery.schemas;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as records hold them: UTC, whole microseconds. */
public final class Times {
  private Times() {}

  /** Now, in whole microseconds, so that a record read back equals the one that was written. */
  public static Instant now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
