package io.arbitex.recovery.engine;

import java.util.Optional;

/** Port: the switch outside of Kafka that stops every change to the world. */
@FunctionalInterface
public interface KillSwitch {

  /**
   * Why nothing may be changed on the platform now; empty when it may. An exception counts as a
   * reason: a switch that cannot be read stops.
   *
   * @throws InterruptedException when interrupted while it was asked; the execution ends there
   */
  Optional<String> stopped(String platform) throws InterruptedException;
}
