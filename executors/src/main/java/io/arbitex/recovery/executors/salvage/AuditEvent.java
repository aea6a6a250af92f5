package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.checks.AuditHmac;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * An audit event as it stands in a source.
 *
 * @param createdAt as the server writes it, in UTC; null when the column is empty
 * @param json all of its columns, in one line
 * @param digest of the columns of an audit event; equal where the event is the same
 * @param right its content gives its HMAC, whatever stands before it
 */
record AuditEvent(long id, String createdAt, String json, String digest, boolean right) {
  /** Equal for equal events: the same text in every database of the same time zone. */
  static final String DIGEST =
      "md5(ROW(e.prev_hmac, e.id, e.tenant_id, e.actor, e.action, e.created_at, e.payload,"
          + " e.hmac)::text)";

  static final String COLUMNS =
      "e.id, e.prev_hmac, e.tenant_id, e.actor, e.action, e.created_at, e.payload::text, e.hmac,"
          + " e.created_at::text, to_jsonb(e)::text, "
          + DIGEST;

  /** The event of a row of {@link #COLUMNS}. */
  static AuditEvent of(ResultSet row, AuditHmac hmac) throws SQLException {
    return new AuditEvent(
        row.getLong(1), row.getString(9), row.getString(10), row.getString(11), right(row, hmac));
  }

  private static boolean right(ResultSet row, AuditHmac hmac) throws SQLException {
    String previous = row.getString(2);
    String stored = row.getString(8);
    int tenant = row.getInt(3);
    if (row.wasNull() || previous == null || stored == null) {
      return false;
    }
    String actor = row.getString(4);
    String action = row.getString(5);
    String payload = row.getString(7);
    OffsetDateTime at = row.getObject(6, OffsetDateTime.class);
    if (actor == null || action == null || payload == null || at == null) {
      return false;
    }
    try {
      Instant moment = at.toInstant();
      return stored.equals(
          hmac.of(previous, row.getLong(1), tenant, actor, action, moment, payload));
    } catch (DateTimeException | ArithmeticException e) {
      // PostgreSQL's infinity is no moment that anybody signed.
      return false;
    }
  }
}
