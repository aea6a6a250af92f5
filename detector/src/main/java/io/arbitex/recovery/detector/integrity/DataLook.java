package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.runtime.Bindings;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;

/** Looks at the data of a database that has just answered. */
@FunctionalInterface
public interface DataLook {
  /**
   * What is wrong with it, as far as is known.
   *
   * @param connection in auto-commit; not to be used afterwards
   * @param left of the time of this look; without any, only what is known already is told
   * @throws InterruptedException when the look is called off
   */
  Optional<Finding> look(Connection connection, Bindings.Database bound, Duration left)
      throws InterruptedException;
}
