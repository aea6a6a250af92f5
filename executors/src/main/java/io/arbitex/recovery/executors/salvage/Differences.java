package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.engine.ActionFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Events of the source that are others in the proven target: rewritten, or never there. Whole
 * ranges are compared by one digest each, which both servers compute; only where these differ are
 * the events looked at.
 */
final class Differences {
  private static final int RANGE = 4_096;

  private static final String OF_RANGE =
      "SELECT count(*) || ' ' || md5(coalesce(string_agg("
          + AuditEvent.DIGEST
          + ", '' ORDER BY e.id), '')) FROM audit_events e WHERE e.id BETWEEN ? AND ?";

  private static final String OF_EACH =
      "SELECT e.id, " + AuditEvent.DIGEST + " FROM audit_events e WHERE e.id BETWEEN ? AND ?";

  private final Connection source;
  private final Connection target;
  private final SourceReader reader;
  private final Pace pace;

  /** Both connections in auto-commit and with UTC as their time zone. */
  Differences(Connection source, Connection target, SourceReader reader, Pace pace) {
    this.source = source;
    this.target = target;
    this.reader = reader;
    this.pace = pace;
  }

  /**
   * Hands on what differs of the events 1 to {@code head}.
   *
   * @param limit for all of it, since nobody may write meanwhile and the old server keeps it all
   * @return the last event that was compared
   */
  long read(long head, Duration limit, SourceReader.Sink sink)
      throws SQLException, IOException, ActionFailure, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long from = 1; from <= head; from += RANGE) {
      if (reader.gaveUp() || System.nanoTime() - end >= 0) {
        return from - 1;
      }
      pace.step("comparing: event " + from + " of " + head);
      long to = Math.min(head, from + RANGE - 1);
      if (!sourceDigest(from, to).equals(digest(target, from, to))) {
        Map<Long, String> proven = each(from, to);
        reader.read(
            from - 1,
            to,
            event -> {
              if (!event.digest().equals(proven.get(event.id()))) {
                sink.take(event);
              }
            });
      }
    }
    return head;
  }

  /** Empty where it cannot be read as a whole. */
  private List<String> sourceDigest(long from, long to) throws SQLException {
    try {
      return digest(source, from, to);
    } catch (SQLException e) {
      if (SourceReader.isDamage(e)) {
        return List.of();
      }
      throw e;
    }
  }

  private static List<String> digest(Connection connection, long from, long to)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OF_RANGE)) {
      statement.setLong(1, from);
      statement.setLong(2, to);
      try (ResultSet found = statement.executeQuery()) {
        found.next();
        return List.of(found.getString(1));
      }
    }
  }

  private Map<Long, String> each(long from, long to) throws SQLException {
    Map<Long, String> digests = new HashMap<>();
    try (PreparedStatement statement = target.prepareStatement(OF_EACH)) {
      statement.setLong(1, from);
      statement.setLong(2, to);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          digests.put(found.getLong(1), found.getString(2));
        }
      }
    }
    return digests;
  }
}
