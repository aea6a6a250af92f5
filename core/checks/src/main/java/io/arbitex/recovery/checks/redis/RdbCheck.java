package io.arbitex.recovery.checks.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What redis-check-rdb says of a file. */
public final class RdbCheck {
  /** The name under which a baseline counts the keys of all databases. */
  public static final String KEYS = "keys";

  private static final Pattern READ = Pattern.compile("(?m)^\\[info] (\\d+) keys read$");
  private static final String GOOD = "\\o/ RDB looks OK! \\o/";

  private RdbCheck() {}

  /**
   * How many keys it read; empty when it does not say that the file is whole, whatever its exit
   * status was.
   */
  public static Optional<Long> keys(String said) {
    Matcher matcher = READ.matcher(said.replace("\r", ""));
    return said.contains(GOOD) && matcher.find()
        ? Optional.of(Long.parseLong(matcher.group(1)))
        : Optional.empty();
  }
}
