package io.arbitex.recovery.detector;

import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;

/**
 * One look at a component.
 *
 * @param at when the look began: the component was bad then, if it was bad
 * @param detail the error in one line, without secrets; empty when good
 */
public record Observation(HealthStatus status, Symptom symptom, String detail, Instant at) {

  /** Nothing is wrong. */
  public static Observation up(Instant at) {
    return new Observation(HealthStatus.UP, Symptom.NONE, "", at);
  }

  /** It cannot be told. */
  public static Observation unknown(String why, Instant at) {
    return new Observation(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED, why, at);
  }
}
