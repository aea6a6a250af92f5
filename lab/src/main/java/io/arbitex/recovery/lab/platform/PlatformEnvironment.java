package io.arbitex.recovery.lab.platform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the platform is told by its environment, once, when it starts: {@code HOST}, {@code PORT},
 * {@code DATABASE_URL}, {@code AUDIT_KEY}, {@code ADMIN_TOKEN}, {@code HOSTNAME}; {@code REDIS_URL}
 * if there is a Redis, {@code AUDIT_BUFFER} and {@code POLICY_CACHE} if it has volumes for them.
 * Another database means another process.
 *
 * @param host the address that it listens on
 */
record PlatformEnvironment(
    String host,
    int port,
    DatabaseSecret database,
    String auditKey,
    String adminToken,
    Optional<String> redisUrl,
    Optional<AuditBuffer> auditBuffer,
    Optional<PolicyCache> policyCache) {

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
        given(variables, "REDIS_URL"),
        given(variables, "AUDIT_BUFFER")
            .map(folder -> new AuditBuffer(Path.of(folder), process(variables))),
        given(variables, "POLICY_CACHE")
            .map(folder -> new PolicyCache(Path.of(folder), process(variables))));
  }

  private static Optional<String> given(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  private static String process(Map<String, String> variables) {
    return variables.getOrDefault("HOSTNAME", "arbitex-platform");
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
      return DatabaseSecret.of(url, process(variables));
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
