package io.arbitex.recovery.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/** The protected platform's tables, with a right chain, for tests. */
public final class AuditTables {
  /** The audit key of the tests. */
  public static final byte[] KEY = "test-audit-key-0123456789".getBytes(StandardCharsets.UTF_8);

  /** Head of the migrations. */
  public static final String ALEMBIC_HEAD = "b7e1c4d90a22";

  private AuditTables() {}

  /** Makes the tables, empty. */
  public static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE tenants (id int PRIMARY KEY, name text NOT NULL)");
      statement.execute(
          "CREATE TABLE policy_rules (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES"
              + " tenants, rule text NOT NULL)");
      statement.execute(
          "CREATE TABLE audit_events (id bigint PRIMARY KEY, tenant_id int NOT NULL, actor text NOT"
              + " NULL, action text NOT NULL, created_at timestamptz NOT NULL, payload jsonb NOT"
              + " NULL, prev_hmac text NOT NULL, hmac text NOT NULL)");
      statement.execute("CREATE TABLE alembic_version (version_num text NOT NULL)");
      statement.execute("INSERT INTO alembic_version VALUES ('" + ALEMBIC_HEAD + "')");
      statement.execute(Canary.TABLE);
    }
  }

  /** Makes the tables with 12 tenants, 48 rules and that many audit events. */
  public static void createFilled(Connection connection, long events) throws SQLException {
    create(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO tenants SELECT i, 'tenant ' || i FROM generate_series(1, 12) i");
      statement.execute(
          "INSERT INTO policy_rules SELECT i, 1 + i % 12, 'rule ' || i FROM generate_series(1, 48)"
              + " i");
    }
    append(connection, events);
  }

  /** Appends that many events behind the newest one. */
  public static void append(Connection connection, long events) throws SQLException {
    append(connection, events, KEY);
  }

  /** The same, signed with some key. */
  public static void append(Connection connection, long events, byte[] key) throws SQLException {
    long head = 0;
    String previous = AuditHmac.GENESIS;
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery("SELECT id, hmac FROM audit_events ORDER BY id DESC LIMIT 1")) {
      if (found.next()) {
        head = found.getLong(1);
        previous = found.getString(2);
      }
    }
    AuditHmac hmac = new AuditHmac(key);
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    try (PGCopyOutputStream out =
        new PGCopyOutputStream(
            connection.unwrap(PGConnection.class), "COPY audit_events FROM STDIN")) {
      for (long id = head + 1; id <= head + events; id++) {
        int tenant = (int) (id % 12) + 1;
        Instant at = start.plusNanos(id * 1_000_003_000L);
        String payload = "{\"n\": " + id + ", \"note\": \"ü event\"}";
        String actor = "user-" + id % 7;
        String mac = hmac.of(previous, id, tenant, actor, "login", at, payload);
        String row =
            String.join(
                    "\t",
                    Long.toString(id),
                    Integer.toString(tenant),
                    actor,
                    "login",
                    at.toString(),
                    payload,
                    previous,
                    mac)
                + "\n";
        out.write(row.getBytes(StandardCharsets.UTF_8));
        previous = mac;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
