package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.schemas.Times;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Rows in {@code recovery_canary} that tell, after a restore, which moment a database comes from.
 * The id of a row is its moment in microseconds since 1970, so that ids of before and after a
 * restore never meet and several observers may write.
 */
public final class Canary {
  /** The table, for whoever prepares a database; the observer's role needs no right to make it. */
  public static final String TABLE =
      "CREATE TABLE IF NOT EXISTS recovery_canary"
          + " (id bigint PRIMARY KEY, at timestamptz NOT NULL, audit_head_id bigint NOT NULL)";

  private static final String WRITE =
      """
      WITH head AS (SELECT id, hmac FROM audit_events ORDER BY id DESC LIMIT 1),
      written AS (
        INSERT INTO recovery_canary (id, at, audit_head_id)
        VALUES (?, ?, coalesce((SELECT id FROM head), 0))
        ON CONFLICT (id) DO NOTHING
        RETURNING audit_head_id)
      SELECT written.audit_head_id, head.hmac FROM written LEFT JOIN head ON true
      """;

  private Canary() {}

  /**
   * The newest row of a database.
   *
   * @param auditHeadId newest audit event when it was written
   */
  public record Row(long id, Instant at, long auditHeadId) {}

  /**
   * Writes a row. Once this returned, the database has acknowledged it.
   *
   * @param connection in auto-commit
   * @return empty when another observer wrote in the same microsecond
   */
  public static Optional<Baseline> write(
      Connection connection, String platform, String component, String source, Clock clock)
      throws SQLException {
    Instant at = Times.now(clock);
    long id = ChronoUnit.MICROS.between(Instant.EPOCH, at);
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      statement.setLong(1, id);
      statement.setObject(2, OffsetDateTime.ofInstant(at, ZoneOffset.UTC));
      try (ResultSet written = statement.executeQuery()) {
        if (!written.next()) {
          return Optional.empty();
        }
        String hmac = written.getString(2);
        return Optional.of(
            Baseline.newBuilder()
                .setPlatform(platform)
                .setComponent(component)
                .setKind(BaselineKind.CANARY)
                .setSource(source)
                .setTakenAt(at)
                .setCounts(List.of())
                .setAlembicHead("")
                // Ids have no gaps, so the head's id is the count too.
                .setAuditCount(written.getLong(1))
                .setAuditHeadId(written.getLong(1))
                .setAuditHeadHmac(hmac == null ? AuditHmac.GENESIS : hmac)
                .setCanaryId(id)
                .build());
      }
    }
  }

  /** The newest row, if there is one. */
  public static Optional<Row> newest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT id, at, audit_head_id FROM recovery_canary ORDER BY id DESC LIMIT 1")) {
      if (!found.next()) {
        return Optional.empty();
      }
      return Optional.of(
          new Row(
              found.getLong(1),
              found.getObject(2, OffsetDateTime.class).toInstant(),
              found.getLong(3)));
    }
  }

  /**
   * Deletes rows older than {@code age}; the newest one always stays.
   *
   * @return how many
   */
  public static int trim(Connection connection, Duration age, Clock clock) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM recovery_canary WHERE id < ?"
                + " AND id < (SELECT max(id) FROM recovery_canary)")) {
      statement.setLong(1, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant().minus(age)));
      return statement.executeUpdate();
    }
  }
}
