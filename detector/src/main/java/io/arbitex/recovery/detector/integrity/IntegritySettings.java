package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.configuration.Section;
import java.time.Duration;

/**
 * How data is looked at.
 *
 * @param fullEvery from the end of a full check that passed to the next; zero for an observer that
 *     makes none
 * @param amcheckEvery the same of pg_amcheck; zero for never
 * @param limit after which a full check or pg_amcheck is called off
 */
public record IntegritySettings(Duration fullEvery, Duration amcheckEvery, Duration limit) {

  /** Reads {@code probe.integrity}. */
  public static IntegritySettings read(Section section) {
    IntegritySettings settings =
        new IntegritySettings(
            section.duration("fullEvery", Duration.ofMinutes(10)),
            section.duration("amcheckEvery", Duration.ZERO),
            section.duration("limit", Duration.ofMinutes(30)));
    if (settings.limit().isZero()) {
      section.problem("limit", "must be more than 0");
    }
    section.close();
    return settings;
  }
}
