package io.arbitex.recovery.lab.azure.dns;

import java.util.Locale;

/**
 * A zone, named at the start.
 *
 * @param isPrivate seen inside of the network only
 * @param name in lower case, without a dot at the end
 */
public record Zone(boolean isPrivate, String resourceGroup, String name) {
  private static final String LABELS = "[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})+";

  public Zone {
    name = name.toLowerCase(Locale.ROOT);
    if (!name.matches(LABELS)) {
      throw new IllegalArgumentException("'" + name + "' is no name for a zone");
    }
  }

  /** Whether a name is the zone's or below it. */
  boolean covers(String fullName) {
    return fullName.equals(name) || fullName.endsWith("." + name);
  }

  /** The name below the zone; {@code @} for the zone's own. */
  String relative(String fullName) {
    return fullName.equals(name)
        ? "@"
        : fullName.substring(0, fullName.length() - name.length() - 1);
  }

  /** The opposite of {@link #relative}. */
  public String full(String relative) {
    return relative.equals("@") ? name : relative + "." + name;
  }
}
