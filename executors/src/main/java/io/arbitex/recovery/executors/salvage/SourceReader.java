package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.checks.AuditHmac;
import io.arbitex.recovery.checks.PostgresErrors;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Reads audit events of a damaged source in the order of their ids, with bounded memory. Around a
 * page that cannot be read it goes in ever smaller steps, and counts what is lost.
 */
final class SourceReader {
  private static final int PAGE = 10_000;

  /** Rows that are in memory at a time; a payload may have megabytes. */
  private static final int FETCH = 200;

  /** So many single events cannot be read: the rest is not tried. */
  private static final long MOST_UNREADABLE = 10_000;

  private final Connection connection;
  private final AuditHmac hmac;
  private final Pace pace;
  private long last;
  private long unreadable;
  private boolean gaveUp;

  /** Takes events. */
  @FunctionalInterface
  interface Sink {
    void take(AuditEvent event) throws IOException;
  }

  /**
   * @param connection in auto-commit, with UTC as its time zone
   */
  SourceReader(Connection connection, AuditHmac hmac, Pace pace) {
    this.connection = connection;
    this.hmac = hmac;
    this.pace = pace;
  }

  /** Events that could not be read so far. */
  long unreadable() {
    return unreadable;
  }

  /** There was so much damage that the rest was not read. */
  boolean gaveUp() {
    return gaveUp;
  }

  /** Hands on each event with an id above {@code after}, up to {@code upTo}. */
  void read(long after, long upTo, Sink sink)
      throws SQLException, IOException, ActionFailure, InterruptedException {
    last = after;
    int limit = PAGE;
    while (last < upTo && !gaveUp) {
      pace.step("exporting: event " + last);
      try {
        if (page(upTo, limit, sink) < limit) {
          return;
        }
        limit = Math.min(PAGE, limit * 2);
      } catch (SQLException e) {
        if (!isDamage(e)) {
          throw e;
        }
        if (limit == 1) {
          last++;
          unreadable++;
          gaveUp = unreadable >= MOST_UNREADABLE;
        }
        limit = Math.max(1, limit / 4);
      }
    }
  }

  private int page(long upTo, int limit, Sink sink) throws SQLException, IOException {
    connection.setAutoCommit(false);
    int rows = 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT "
                + AuditEvent.COLUMNS
                + " FROM audit_events e WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?")) {
      // A cursor, which a driver only has in a transaction.
      statement.setFetchSize(FETCH);
      statement.setLong(1, last);
      statement.setLong(2, upTo);
      statement.setInt(3, limit);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          AuditEvent event = AuditEvent.of(found, hmac);
          sink.take(event);
          last = event.id();
          rows++;
        }
      }
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
    return rows;
  }

  /** A page, a value or a file that is broken; what else goes wrong ends the export. */
  static boolean isDamage(SQLException error) {
    PostgresErrors.Diagnosis found = PostgresErrors.diagnose(error);
    return found.symptom() == Symptom.CORRUPT || found.code().startsWith("XX");
  }
}
