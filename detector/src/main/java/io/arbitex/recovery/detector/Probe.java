package io.arbitex.recovery.detector;

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
}
