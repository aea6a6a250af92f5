package io.arbitex.recovery.checks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.schemas.Times;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/**
 * The event that a recovery leaves in the audit chain of what it restored, signed as the platform
 * signs its own: whoever reads the chain later sees where events may be missing, and why. It stands
 * right behind the restored head, so it counts as an event after the restore point.
 *
 * @param command the command that restored; at most one event is appended for it
 * @param restorePoint id of the restore point
 * @param takenAt the moment that the data comes from
 * @param expectedLossSeconds from that moment to the failure, at least 0
 */
public record RecoveryEvent(
    String incident,
    String command,
    String restorePoint,
    Instant takenAt,
    long expectedLossSeconds) {

  /** Its {@code actor}. */
  public static final String ACTOR = "recovery";

  /** Its {@code action}. */
  public static final String ACTION = "RECOVERY";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The id of the event that the command has appended already. */
  public static OptionalLong find(Connection connection, String command) throws SQLException {
    // From the end: the event is the newest one, or nearly, and the table may hold millions.
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id FROM (SELECT id, action, payload FROM audit_events ORDER BY id DESC LIMIT 1)"
                + " newest WHERE action = ? AND payload->>'command' = ?")) {
      statement.setString(1, ACTION);
      statement.setString(2, command);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  /**
   * Appends it in the connection's open transaction; nobody else may write meanwhile. It takes the
   * tenant of the event before it, whose id is valid for certain, or 0 in an empty chain.
   *
   * @param key the platform's audit key
   * @return its id
   */
  public long append(Connection connection, byte[] key, Clock clock) throws SQLException {
    long id = 1;
    int tenant = 0;
    String previous = AuditHmac.GENESIS;
    try (Statement statement = connection.createStatement();
        ResultSet head =
            statement.executeQuery(
                "SELECT id, tenant_id, hmac FROM audit_events ORDER BY id DESC LIMIT 1")) {
      if (head.next()) {
        id = head.getLong(1) + 1;
        tenant = head.getInt(2);
        previous = head.getString(3);
      }
    }
    Instant at = Times.now(clock);
    String payload = canonical(connection, id - 1);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO audit_events (id, tenant_id, actor, action, created_at, payload,"
                + " prev_hmac, hmac) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, ?)")) {
      statement.setLong(1, id);
      statement.setInt(2, tenant);
      statement.setString(3, ACTOR);
      statement.setString(4, ACTION);
      statement.setObject(5, OffsetDateTime.ofInstant(at, ZoneOffset.UTC));
      statement.setString(6, payload);
      statement.setString(7, previous);
      statement.setString(
          8, new AuditHmac(key).of(previous, id, tenant, ACTOR, ACTION, at, payload));
      statement.executeUpdate();
    }
    return id;
  }

  /** The payload as PostgreSQL writes it: that text is what is signed. */
  private String canonical(Connection connection, long restoredHead) throws SQLException {
    ObjectNode json = JSON.createObjectNode();
    json.put("incident", incident);
    json.put("command", command);
    json.put("restorePoint", restorePoint);
    json.put("restorePointTakenAt", takenAt.toString());
    json.put("expectedLossSeconds", expectedLossSeconds);
    json.put("restoredHead", restoredHead);
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?::jsonb::text")) {
      statement.setString(1, json.toString());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
