package io.arbitex.recovery.executors.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sequences of a database. */
final class Sequences {
  private static final String ALL =
      """
      SELECT format('%I.%I', s.schemaname, s.sequencename), s.start_value, s.min_value, s.max_value,
        s.increment_by, s.cycle, s.last_value,
        EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
            AND d.refobjid = 'audit_events'::regclass)
        OR EXISTS (
          SELECT FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid
          WHERE d.classid = 'pg_attrdef'::regclass AND d.refobjid = c.oid
            AND a.adrelid = 'audit_events'::regclass)
      FROM pg_sequences s
      JOIN pg_namespace n ON n.nspname = s.schemaname
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename
      WHERE NOT EXISTS (
        SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
          AND e.deptype = 'e')
      ORDER BY 1
      """;

  private Sequences() {}

  /**
   * Moves all on by their margin, in the connection's open transaction (ALTER SEQUENCE is undone
   * with it, unlike setval). One that gives the ids of audit events goes to the id after the head
   * and no further: those ids have no gaps.
   *
   * @return how many were moved
   */
  static int advance(Connection connection, long auditHead) throws SQLException {
    List<String> statements = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ALL)) {
      while (row.next()) {
        String name = row.getString(1);
        long last = row.getLong(7);
        Optional<Long> given = row.wasNull() ? Optional.empty() : Optional.of(last);
        SequenceMargin.State state =
            new SequenceMargin.State(
                name,
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getBoolean(6),
                given);
        Optional<Long> next =
            row.getBoolean(8) ? Optional.of(auditHead + 1) : SequenceMargin.next(state);
        next.ifPresent(
            number -> statements.add("ALTER SEQUENCE " + name + " RESTART WITH " + number));
      }
    }
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
    return statements.size();
  }
}
