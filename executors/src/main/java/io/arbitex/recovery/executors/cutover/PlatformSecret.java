package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.record.FailureCode;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secret that the platform reads its database connection from. Whoever changes it claims it
 * first; from then on an earlier owner is refused.
 */
interface PlatformSecret {
  /** SQLAlchemy names its driver in the scheme. */
  Pattern DRIVER = Pattern.compile("^postgres(?:ql)?(\\+[a-z0-9_]+)://");

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
   * Replaces its content whole.
   *
   * @param keep whether what is there now is to be kept, in a place as secret as this, for {@link
   *     #kept}
   * @throws ActionFailure OWNERSHIP_LOST when it was claimed again since our claim
   */
  void replace(ActionContext context, String content, Predicate<String> keep)
      throws ActionFailure, InterruptedException;

  /** What was kept last in this incident; empty when nothing was. */
  Optional<String> kept(ActionContext context) throws ActionFailure, InterruptedException;

  /**
   * The same for what {@link #probe} cannot know: that what is there can be read as an address.
   *
   * @throws ActionFailure PREFLIGHT when it cannot
   */
  default void requireAddress() throws ActionFailure, InterruptedException {
    if (address().isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the connection secret holds no database URL that can be written anew",
          "It must be postgresql://user:password@host:port/database?…, of one host; a driver may be"
              + " named as in postgresql+asyncpg://.");
    }
  }

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

  /** The address in a URL, of whatever driver: {@code postgresql+asyncpg://} too. */
  static Optional<DatabaseAddress> parse(String content) {
    try {
      DatabaseAddress address =
          DatabaseAddress.parse(DRIVER.matcher(content).replaceFirst("postgresql://"));
      // Several hosts cannot be told apart from one target.
      return Optional.of(address).filter(found -> !found.host().contains(","));
    } catch (IllegalArgumentException e) {
      // Its message may quote the content.
      return Optional.empty();
    }
  }

  /** A URL in the way that another one is written: with its driver. */
  static String inTheWayOf(String other, String url) {
    Matcher driver = DRIVER.matcher(other);
    return driver.find()
        ? "postgresql" + driver.group(1) + url.substring("postgresql".length())
        : url;
  }

  static ActionFailure claimedByOther(String message, String hint, Throwable cause) {
    return new ActionFailure(FailureCode.OWNERSHIP_LOST, message, hint, false, cause);
  }
}
