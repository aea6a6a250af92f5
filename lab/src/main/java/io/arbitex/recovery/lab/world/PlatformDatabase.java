package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.checks.AuditHmac;
import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.DatabaseAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * The platform's database as the lab makes it: roles, tables, tenants, policy rules, and audit
 * events of the last 30 days with a right chain.
 */
final class PlatformDatabase {
  static final String DATABASE = "arbitex";

  /**
   * What a managed server gives its customer: it may make databases and roles and end sessions, and
   * it owns the platform's tables, but it is no superuser.
   */
  static final String ADMIN = "arbitex_admin";

  /** The platform's own role; it owns nothing. */
  static final String APPLICATION = "arbitex_app";

  static final String ALEMBIC_HEAD = "9f2c41d07e3b";
  static final int TENANTS = 12;
  private static final int RULES_PER_TENANT = 20;
  private static final String[] ACTIONS = {"login", "prompt", "policy.check", "export", "logout"};

  private PlatformDatabase() {}

  /** Makes the admin role; passwords are hex, so they need no quoting. */
  static void createAdmin(DatabaseAddress superuser, String adminPassword) throws SQLException {
    run(
        superuser,
        List.of(
            "CREATE ROLE "
                + ADMIN
                + " LOGIN CREATEDB CREATEROLE NOSUPERUSER PASSWORD '"
                + adminPassword
                + "'",
            "GRANT pg_signal_backend, pg_monitor TO " + ADMIN));
  }

  /** Makes the database with its tables and fills it. */
  static void create(
      DatabaseAddress admin, String applicationPassword, byte[] auditKey, long events, Clock clock)
      throws SQLException, IOException {
    run(
        admin.withDatabase("postgres"),
        List.of(
            "CREATE ROLE " + APPLICATION + " LOGIN PASSWORD '" + applicationPassword + "'",
            "CREATE DATABASE " + DATABASE));
    try (Connection connection = connect(admin);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String each : TABLES) {
        statement.execute(each);
      }
      statement.execute("INSERT INTO alembic_version VALUES ('" + ALEMBIC_HEAD + "')");
      statement.execute(
          "INSERT INTO tenants SELECT i, 'Tenant ' || i, 'eu-west-' || (1 + i % 3)"
              + " FROM generate_series(1, "
              + TENANTS
              + ") i");
      statement.execute(
          "INSERT INTO policy_rules SELECT i, 1 + i % "
              + TENANTS
              + ", 'rule-' || i, jsonb_build_object('effect', CASE WHEN i % 5 = 0 THEN 'deny' ELSE"
              + " 'allow' END, 'limit', i * 10) FROM generate_series(1, "
              + TENANTS * RULES_PER_TENANT
              + ") i");
      seed(connection, auditKey, events, clock);
      // Keys after the rows: a fifth of the time for a million events.
      for (String each : KEYS) {
        statement.execute(each);
      }
      statement.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + APPLICATION);
      statement.execute("GRANT INSERT ON audit_events TO " + APPLICATION);
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("ANALYZE");
    }
  }

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
          "CREATE TABLE tenants (id int PRIMARY KEY, name text NOT NULL, region text NOT NULL)",
          "CREATE TABLE policy_rules (id int PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants"
              + " (id), name text NOT NULL, rule jsonb NOT NULL)",
          "CREATE TABLE audit_events (id bigint NOT NULL, tenant_id int NOT NULL, actor text NOT"
              + " NULL, action text NOT NULL, created_at timestamptz NOT NULL, payload jsonb NOT"
              + " NULL, prev_hmac text NOT NULL, hmac text NOT NULL)",
          Canary.TABLE);

  private static final List<String> KEYS =
      List.of(
          "ALTER TABLE audit_events ADD PRIMARY KEY (id)",
          "ALTER TABLE audit_events ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id)",
          "CREATE INDEX audit_events_tenant ON audit_events (tenant_id, created_at)");

  private static void seed(Connection connection, byte[] auditKey, long events, Clock clock)
      throws SQLException, IOException {
    AuditHmac hmac = new AuditHmac(auditKey);
    Instant end = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant start = end.minus(Duration.ofDays(30));
    long stepMicros = ChronoUnit.MICROS.between(start, end) / Math.max(1, events);
    String previous = AuditHmac.GENESIS;
    StringBuilder rows = new StringBuilder(1 << 17);
    try (PGCopyOutputStream out =
        new PGCopyOutputStream(
            connection.unwrap(PGConnection.class),
            "COPY audit_events (id, tenant_id, actor, action, created_at, payload, prev_hmac,"
                + " hmac) FROM STDIN (FREEZE)",
            1 << 17)) {
      for (long id = 1; id <= events; id++) {
        int tenant = 1 + (int) (id * 7 % TENANTS);
        String actor = "user-" + id % 1_000;
        String action = ACTIONS[(int) (id % ACTIONS.length)];
        Instant at = start.plus(id * stepMicros, ChronoUnit.MICROS);
        // As jsonb prints it: shorter names first, a blank after colon and comma.
        String payload = "{\"size\": " + id * 31 % 100_000 + ", \"request\": \"seed-" + id + "\"}";
        String mac = hmac.of(previous, id, tenant, actor, action, at, payload);
        rows.append(id).append('\t').append(tenant).append('\t').append(actor).append('\t');
        rows.append(action).append('\t').append(at).append('\t').append(payload).append('\t');
        rows.append(previous).append('\t').append(mac).append('\n');
        previous = mac;
        if (rows.length() > 1 << 16) {
          out.write(rows.toString().getBytes(StandardCharsets.UTF_8));
          rows.setLength(0);
        }
      }
      out.write(rows.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  static Connection connect(DatabaseAddress address) throws SQLException {
    return address.connect("lab", Duration.ofSeconds(5), Duration.ofMinutes(10));
  }

  private static void run(DatabaseAddress address, List<String> statements) throws SQLException {
    try (Connection connection = connect(address);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
