package io.arbitex.recovery.checks.redis;

import io.arbitex.recovery.record.Symptom;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an error of Redis means (design, section 5: not every error is a disaster). By the word that
 * begins an error reply, which is part of the protocol, and by the kind of exception. What is not
 * known here is UNCLASSIFIED, and nobody acts on that.
 */
public final class RedisErrors {
  private static final Map<String, Symptom> REPLIES =
      Map.ofEntries(
          Map.entry("LOADING", Symptom.STARTING),
          Map.entry("MISCONF", Symptom.WRITES_REFUSED),
          Map.entry("OOM", Symptom.WRITES_REFUSED),
          Map.entry("NOREPLICAS", Symptom.WRITES_REFUSED),
          Map.entry("READONLY", Symptom.READ_ONLY),
          Map.entry("MASTERDOWN", Symptom.READ_ONLY),
          Map.entry("NOAUTH", Symptom.AUTHENTICATION),
          Map.entry("WRONGPASS", Symptom.AUTHENTICATION),
          Map.entry("NOPERM", Symptom.AUTHENTICATION),
          Map.entry("DENIED", Symptom.AUTHENTICATION),
          Map.entry("BUSY", Symptom.HUNG));

  private static final String TOO_MANY = "ERR max number of clients reached";

  /**
   * @param message the error in one line, without secrets
   */
  public record Diagnosis(Symptom symptom, String message) {}

  private RedisErrors() {}

  /** What an error says of the server. */
  public static Diagnosis diagnose(Throwable error) {
    Optional<String> reply = reply(error);
    if (reply.isPresent()) {
      return ofReply(reply.get());
    }
    if (find(error, RedisCommandTimeoutException.class)) {
      return new Diagnosis(Symptom.HUNG, "no answer in time");
    }
    if (find(error, RedisConnectionException.class) || find(error, IOException.class)) {
      return new Diagnosis(Symptom.UNREACHABLE, said(root(error)));
    }
    return new Diagnosis(Symptom.UNCLASSIFIED, said(root(error)));
  }

  /** What an error reply says: {@code WORD rest}. */
  public static Diagnosis ofReply(String reply) {
    String line = reply.lines().findFirst().orElse("").strip();
    if (line.startsWith(TOO_MANY)) {
      return new Diagnosis(Symptom.TOO_MANY_CONNECTIONS, line);
    }
    String word = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    return new Diagnosis(REPLIES.getOrDefault(word, Symptom.UNCLASSIFIED), line);
  }

  /** The server's own words, wherever in the chain they stand: connecting wraps them. */
  private static Optional<String> reply(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof RedisCommandExecutionException && each.getMessage() != null) {
        return Optional.of(each.getMessage());
      }
    }
    return Optional.empty();
  }

  private static boolean find(Throwable error, Class<? extends Throwable> type) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String said(Throwable error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    return (error.getClass().getSimpleName() + ": " + message).lines().findFirst().orElse("");
  }
}
