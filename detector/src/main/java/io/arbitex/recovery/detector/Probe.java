package io.arbitex.recovery.detector;

import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;

/** Looks at one resource. */
@FunctionalInterface
public interface Probe {
  /**
   * Looks once; an error of the component is an observation, not an exception.
   *
   * @param at when the look begins
   * @throws InterruptedException when the look is called off
   */
  Observation look(Instant at) throws InterruptedException;

  /**
   * What it means that a look was called off, since it took too long.
   *
   * @param limit how long it had
   */
  default Observation hung(Instant at, Duration limit) {
    return new Observation(
        HealthStatus.DOWN, Symptom.HUNG, "no answer within " + limit.toMillis() + " ms", at);
  }
}
