package io.arbitex.recovery.decider;

import java.time.Duration;

/** Times in words that people read at night. */
final class Wording {
  private Wording() {}

  /** {@code 2 h 5 min}, {@code 3 min}, {@code 12 s}, {@code 0.4 s}. */
  static String span(Duration time) {
    long seconds = time.toSeconds();
    if (seconds >= 3_600) {
      long minutes = seconds % 3_600 / 60;
      return seconds / 3_600 + " h" + (minutes == 0 ? "" : " " + minutes + " min");
    }
    if (seconds >= 60) {
      return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    return seconds >= 1 || time.isZero() ? seconds + " s" : time.toMillis() + " ms";
  }
}
