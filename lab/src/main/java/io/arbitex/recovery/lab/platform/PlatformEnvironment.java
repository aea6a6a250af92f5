package io.arbitex.recovery.lab.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the platform is told by its environment, once, when it starts: {@code HOST}, {@code PORT},
 * {@code DATABASE_URL}, {@code AUDIT_KEY}, {@code ADMIN_TOKEN}, {@code HOSTNAME}, and {@code
 * REDIS_URL} if there is a Redis. Another database means another process.
 *
 * @param host the address that it listens on
 */
record PlatformEnvironment(
    String host,
    int port,
    DatabaseSecret database,
    String auditKey,
    String adminToken,
    Optional<String> redisUrl) {

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException that names each variable that is missing or wrong, and no
   *     value
   */
  static PlatformEnvironment of(Map<String, String> variables) {
    List<String> missing = new ArrayList<>();
    for (String name : List.of("HOST", "PORT", "DATABASE_URL", "AUDIT_KEY", "ADMIN_TOKEN")) {
      if (variables.getOrDefault(name, "").isBlank()) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("the environment lacks " + String.join(", ", missing));
    }
    return new PlatformEnvironment(
        variables.get("HOST"),
        port(variables.get("PORT")),
        database(variables),
        variables.get("AUDIT_KEY").strip(),
        variables.get("ADMIN_TOKEN").strip(),
        Optional.ofNullable(variables.get("REDIS_URL")).filter(url -> !url.isBlank()));
  }

  /**
   * The database alone.
   *
   * @throws IllegalArgumentException when the variable is missing or wrong
   */
  static DatabaseSecret database(Map<String, String> variables) {
    String url = variables.getOrDefault("DATABASE_URL", "");
    if (url.isBlank()) {
      throw new IllegalArgumentException("the environment lacks DATABASE_URL");
    }
    try {
      return DatabaseSecret.of(url, variables.getOrDefault("HOSTNAME", "arbitex-platform"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("DATABASE_URL " + e.getMessage(), e);
    }
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}")) {
      throw new IllegalArgumentException("PORT is no number of a port");
    }
    return Integer.parseInt(text);
  }
}
