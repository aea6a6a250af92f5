package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Times;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Takes the baseline of a database: how many rows its critical tables have, at which migration it
 * is, where its audit chain ends. All from one snapshot.
 */
public final class BaselineReader {
  private static final Pattern SNAPSHOT = Pattern.compile("[0-9A-Fa-f-]{1,64}");

  private final String platform;
  private final String component;
  private final List<String> criticalTables;
  private final Clock clock;

  /**
   * @param criticalTables names as in SQL, {@code table} or {@code schema.table}
   */
  public BaselineReader(
      String platform, String component, List<String> criticalTables, Clock clock) {
    this.platform = platform;
    this.component = component;
    this.criticalTables = List.copyOf(criticalTables);
    this.clock = clock;
  }

  /**
   * Takes the baseline in a transaction of its own.
   *
   * @param connection without an open transaction
   * @param source who or what was asked: a server, a restored database
   * @throws SQLException also when a critical table is missing (42P01)
   */
  public Baseline read(Connection connection, String source) throws SQLException {
    return read(connection, source, Optional.empty(), Times.now(clock));
  }

  /**
   * Takes the baseline in a snapshot that another connection exported.
   *
   * @param snapshot what pg_export_snapshot() gave; that transaction must still be open
   * @param takenAt a moment before the snapshot was taken: all that was acknowledged until then is
   *     in it
   */
  public Baseline readInSnapshot(
      Connection connection, String source, String snapshot, Instant takenAt) throws SQLException {
    return read(connection, source, Optional.of(snapshot), takenAt);
  }

  private Baseline read(
      Connection connection, String source, Optional<String> snapshot, Instant takenAt)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    boolean readOnly = connection.isReadOnly();
    int isolation = connection.getTransactionIsolation();
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      if (snapshot.isPresent()) {
        if (!SNAPSHOT.matcher(snapshot.get()).matches()) {
          throw new IllegalArgumentException("'" + snapshot.get() + "' is no snapshot's name");
        }
        statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot.get() + "'");
      }
      return measure(statement, source, takenAt);
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
      connection.setTransactionIsolation(isolation);
      connection.setReadOnly(readOnly);
    }
  }

  /** Measures in the transaction that is open already, which has one snapshot for all of it. */
  Baseline measure(Statement statement, String source, Instant takenAt) throws SQLException {
    List<TableCount> counts = new ArrayList<>();
    for (String table : criticalTables) {
      counts.add(new TableCount(table, number(statement, "SELECT count(*) FROM " + quoted(table))));
    }
    long auditCount =
        counts.stream()
            .filter(count -> count.getTable().equals("audit_events"))
            .findFirst()
            .map(TableCount::getRows)
            .orElse(-1L);
    if (auditCount < 0) {
      auditCount = number(statement, "SELECT count(*) FROM audit_events");
    }
    Baseline.Builder baseline =
        Baseline.newBuilder()
            .setPlatform(platform)
            .setComponent(component)
            .setKind(BaselineKind.BASELINE)
            .setSource(source)
            .setTakenAt(takenAt)
            .setCounts(counts)
            .setAlembicHead(alembicHead(statement))
            .setAuditCount(auditCount)
            .setAuditHeadId(0)
            .setAuditHeadHmac(AuditHmac.GENESIS)
            .setDatabaseBytes(number(statement, "SELECT pg_database_size(current_database())"));
    try (ResultSet head =
        statement.executeQuery("SELECT id, hmac FROM audit_events ORDER BY id DESC LIMIT 1")) {
      if (head.next()) {
        baseline.setAuditHeadId(head.getLong(1)).setAuditHeadHmac(head.getString(2));
      }
    }
    return baseline.build();
  }

  /** Several heads (a branched migration) are joined by commas, in order. */
  private static String alembicHead(Statement statement) throws SQLException {
    List<String> heads = new ArrayList<>();
    try (ResultSet result =
        statement.executeQuery("SELECT version_num FROM alembic_version ORDER BY version_num")) {
      while (result.next()) {
        heads.add(result.getString(1));
      }
    }
    return String.join(",", heads);
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  static String quoted(String table) {
    List<String> parts = new ArrayList<>();
    for (String part : table.split("\\.", -1)) {
      parts.add('"' + part.replace("\"", "\"\"") + '"');
    }
    return String.join(".", parts);
  }
}
