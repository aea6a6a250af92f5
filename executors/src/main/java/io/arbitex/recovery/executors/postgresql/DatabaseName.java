package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Digests;
import java.util.Locale;

/**
 * The name of the database that a command makes. It follows from the command alone, so that making
 * it twice is making it once, and it is never the name of the database that is recovered.
 */
final class DatabaseName {
  /** PostgreSQL cuts longer names silently (NAMEDATALEN - 1). */
  static final int LONGEST = 63;

  private static final int DIGEST = 8;

  private DatabaseName() {}

  /** {@code <database>_<incident>_a<attempt>_<digest of the command's id>}. */
  static String of(String database, StepCommand command) {
    String end =
        "_a"
            + command.getAttempt()
            + "_"
            + Digests.sha256(command.getCommandId()).substring(0, DIGEST);
    String begin = plain(database) + "_" + plain(command.getIncidentId());
    int room = LONGEST - end.length();
    return (begin.length() > room ? begin.substring(0, room) : begin) + end;
  }

  private static String plain(String text) {
    String name = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "r" + name : name;
  }
}
