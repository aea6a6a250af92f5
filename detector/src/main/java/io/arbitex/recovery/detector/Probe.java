package io.arbitex.recovery.detector;

import io.arbitex.recovery.runtime.Bindings;
import java.time.Instant;

/** Looks at one kind of component. */
@FunctionalInterface
public interface Probe {
  /**
   * Looks once; an error of the component is an observation, not an exception.
   *
   * @param at when the look begins
   * @throws InterruptedException when the look is called off
   */
  Observation look(Bindings.Database target, Instant at) throws InterruptedException;
}
