package io.arbitex.recovery.checks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * The runbook's own check of a point-in-time recovery (1b, 3): no audit event of after the target.
 * It proves that the restore stopped, and nothing about what lies before: that is the chain's and
 * the baseline's.
 */
public final class RestoredMoment {
  /** The clock of whoever writes events may run before the server's. */
  private static final Duration CLOCKS = Duration.ofSeconds(5);

  private RestoredMoment() {}

  /**
   * Looks at the events that came with the restore.
   *
   * @param head id of the newest of them; later ones were written since
   * @param moment that the database was restored to
   */
  public static CheckResult nothingLater(Connection restored, long head, Instant moment)
      throws SQLException {
    try (PreparedStatement statement =
        restored.prepareStatement(
            "SELECT count(*) FROM audit_events WHERE id <= ? AND created_at > ?")) {
      statement.setLong(1, head);
      statement.setObject(2, OffsetDateTime.ofInstant(moment.plus(CLOCKS), ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long later = row.getLong(1);
        return CheckResult.of("events-after-the-moment", later == 0, 0, later);
      }
    }
  }
}
