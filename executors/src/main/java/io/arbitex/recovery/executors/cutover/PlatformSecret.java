package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.record.FailureCode;
import java.util.Optional;

/**
 * The secret that the platform reads its database connection from. Whoever changes it claims it
 * first; from then on an earlier owner is refused.
 */
interface PlatformSecret {

  /** Its content; empty when there is none. */
  Optional<String> read() throws ActionFailure, InterruptedException;

  /**
   * Changes nothing, and finds out whether it could be replaced.
   *
   * @throws ActionFailure PREFLIGHT when it could not
   */
  void probe() throws ActionFailure, InterruptedException;

  /**
   * Claims it.
   *
   * @throws ActionFailure OWNERSHIP_LOST when a later owner did so before
   */
  void claim(ActionContext context) throws ActionFailure, InterruptedException;

  /**
   * Replaces its content whole, and keeps in a place as secret as this what was there before the
   * incident.
   *
   * @throws ActionFailure OWNERSHIP_LOST when it was claimed again since our claim
   */
  void replace(ActionContext context, String content) throws ActionFailure, InterruptedException;

  /** What was there before the incident; empty when nothing was kept. */
  Optional<String> kept(ActionContext context) throws ActionFailure, InterruptedException;

  /** Where it points; empty when it holds no database URL. */
  default Optional<DatabaseAddress> address() throws ActionFailure, InterruptedException {
    return read().flatMap(PlatformSecret::parse);
  }

  /** Whether it names that database; not, when there is none or it holds something else. */
  default boolean names(MarkedDatabase target) throws ActionFailure, InterruptedException {
    return address().filter(found -> isAt(found, target)).isPresent();
  }

  static boolean isAt(DatabaseAddress address, MarkedDatabase target) {
    Inventory.Server server = target.door().server();
    return address.host().equals(server.host())
        && address.port() == server.port()
        && address.database().equals(target.name());
  }

  static Optional<DatabaseAddress> parse(String content) {
    try {
      return Optional.of(DatabaseAddress.parse(content));
    } catch (IllegalArgumentException e) {
      // Its message may quote the content.
      return Optional.empty();
    }
  }

  static ActionFailure claimedByOther(String message, String hint, Throwable cause) {
    return new ActionFailure(FailureCode.OWNERSHIP_LOST, message, hint, false, cause);
  }
}
