package io.arbitex.recovery.lab.platform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The platform's audit log: appends events to the chain and checks it. */
final class AuditLog {
  private static final String GENESIS = "0".repeat(64);

  /** One appender at a time, whichever process it is in: the chain has one end. */
  private static final String LOCK = "SELECT pg_advisory_xact_lock(7236141)";

  private static final int HEAD_EVENTS = 1_000;
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final DatabasePool pool;
  private final SecretKeySpec key;
  private final Clock clock;

  AuditLog(DatabasePool pool, byte[] key, Clock clock) {
    this.pool = pool;
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.clock = clock;
  }

  /** An event that was written. */
  record Appended(long id, String hmac) {}

  /**
   * What a check found.
   *
   * @param events id of the newest event
   * @param checked how many were looked at
   */
  record Verification(boolean valid, long events, long checked) {}

  /**
   * Appends an event in one transaction; ids have no gaps.
   *
   * @param payload JSON
   */
  Appended append(int tenant, String actor, String action, String payload)
      throws SQLException, InterruptedException {
    return pool.transact(
        WAIT,
        connection -> {
          try (Statement lock = connection.createStatement()) {
            lock.execute(LOCK);
          }
          // Only now: a statement sees what was committed before it began, so the head must be
          // read by a statement of its own, after the lock is held.
          long id = 1;
          String previous = GENESIS;
          String text;
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT p.payload, h.id, h.hmac FROM (SELECT ?::jsonb::text AS payload) p"
                      + " LEFT JOIN (SELECT id, hmac FROM audit_events ORDER BY id DESC LIMIT 1) h"
                      + " ON true")) {
            statement.setString(1, payload);
            try (ResultSet head = statement.executeQuery()) {
              head.next();
              text = head.getString(1);
              if (head.getString(3) != null) {
                id = head.getLong(2) + 1;
                previous = head.getString(3);
              }
            }
          }
          OffsetDateTime at = OffsetDateTime.now(clock).truncatedTo(ChronoUnit.MICROS);
          String hmac = hmac(previous, id, tenant, actor, action, at, text);
          insert(connection, id, tenant, actor, action, at, text, previous, hmac);
          return new Appended(id, hmac);
        });
  }

  private static void insert(
      Connection connection,
      long id,
      int tenant,
      String actor,
      String action,
      OffsetDateTime at,
      String payload,
      String previous,
      String hmac)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO audit_events (id, tenant_id, actor, action, created_at, payload,"
                + " prev_hmac, hmac) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, ?)")) {
      statement.setLong(1, id);
      statement.setInt(2, tenant);
      statement.setString(3, actor);
      statement.setString(4, action);
      statement.setObject(5, at.withOffsetSameInstant(ZoneOffset.UTC));
      statement.setString(6, payload);
      statement.setString(7, previous);
      statement.setString(8, hmac);
      statement.executeUpdate();
    }
  }

  /** Checks the newest thousand events, or all. */
  Verification verify(boolean full) throws SQLException, InterruptedException {
    return pool.transact(
        WAIT,
        connection -> {
          long head = 0;
          try (Statement statement = connection.createStatement();
              ResultSet found = statement.executeQuery("SELECT max(id) FROM audit_events")) {
            found.next();
            head = found.getLong(1);
          }
          long from = full ? 1 : Math.max(1, head - HEAD_EVENTS + 1);
          return walk(connection, from, head);
        });
  }

  private Verification walk(Connection connection, long from, long head) throws SQLException {
    boolean valid = true;
    long checked = 0;
    String previous = from == 1 ? GENESIS : null;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, tenant_id, actor, action, created_at, payload::text, prev_hmac, hmac"
                + " FROM audit_events WHERE id BETWEEN ? AND ? ORDER BY id")) {
      statement.setLong(1, from);
      statement.setLong(2, head);
      statement.setFetchSize(1_000);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String hmac =
              hmac(
                  row.getString(7),
                  row.getLong(1),
                  row.getInt(2),
                  row.getString(3),
                  row.getString(4),
                  row.getObject(5, OffsetDateTime.class),
                  row.getString(6));
          valid &= row.getLong(1) == from + checked;
          valid &= hmac.equals(row.getString(8));
          valid &= previous == null || previous.equals(row.getString(7));
          previous = row.getString(8);
          checked++;
        }
      }
    }
    return new Verification(valid && checked == head - from + 1, head, checked);
  }

  private String hmac(
      String previous,
      long id,
      int tenant,
      String actor,
      String action,
      OffsetDateTime at,
      String payload) {
    long micros = at.toEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    String canonical =
        String.join(
            "|",
            previous,
            Long.toString(id),
            Integer.toString(tenant),
            actor,
            action,
            Long.toString(micros),
            payload);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(canonical.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Throws when the database does not answer. */
  void ping() throws SQLException, InterruptedException {
    pool.transact(
        WAIT,
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1 FROM tenants LIMIT 1");
          }
        });
  }

  /** All policy rules, one each, in the order of their ids. */
  List<String> policies() throws SQLException, InterruptedException {
    return pool.transact(
        WAIT,
        connection -> {
          List<String> rules = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery("SELECT r::text FROM policy_rules r ORDER BY id")) {
            while (row.next()) {
              rules.add(row.getString(1));
            }
          }
          return rules;
        });
  }
}
