package io.arbitex.recovery.backup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables whose rows are worth a dump of their own in ranges, so that several sessions can restore
 * them: pg_restore gives a table to one session, however large it is. Ordinary tables with one
 * whole number as their primary key; all others stay in the main dump.
 */
final class LargeTables {
  private static final int MOST_PARTS = 16;

  private static final String FIND =
      """
      SELECT format('%I.%I', n.nspname, c.relname), format('%I', a.attname), pg_table_size(c.oid),
        (SELECT string_agg(format('%I', x.attname), ', ' ORDER BY x.attnum) FROM pg_attribute x
         WHERE x.attrelid = c.oid AND x.attnum > 0 AND NOT x.attisdropped AND x.attgenerated = '')
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relispartition
        AND NOT c.relhassubclass AND NOT c.relrowsecurity
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
        AND pg_table_size(c.oid) > ?
        AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid)
        AND NOT EXISTS (
          SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
            AND e.deptype = 'e')
      ORDER BY 1
      """;

  private LargeTables() {}

  /**
   * Rows of a table, as a condition on its key.
   *
   * @param table as in SQL, with its schema
   * @param query gives the rows; columns as COPY takes them back
   */
  record Range(String table, String query) {}

  /**
   * The ranges of all tables above a size; each table's ranges hold every row once.
   *
   * @param over bytes
   */
  static List<Range> find(Connection connection, long over) throws SQLException {
    List<Range> ranges = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setLong(1, over);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          long parts = Math.max(2, Math.min(MOST_PARTS, row.getLong(3) / over));
          ranges.addAll(
              ranges(
                  connection, row.getString(1), row.getString(2), row.getString(4), (int) parts));
        }
      }
    }
    return ranges;
  }

  private static List<Range> ranges(
      Connection connection, String table, String key, String columns, int parts)
      throws SQLException {
    String ends = "SELECT coalesce(min(%s), 0), coalesce(max(%s), 0) FROM %s";
    long least;
    long most;
    try (PreparedStatement statement =
            connection.prepareStatement(ends.formatted(key, key, table));
        ResultSet row = statement.executeQuery()) {
      row.next();
      least = row.getLong(1);
      most = row.getLong(2);
    }
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      // The first and the last are open at their outer end.
      String from = i == 0 ? "" : key + " >= " + bound(least, most, i, parts);
      String to = i == parts - 1 ? "" : key + " < " + bound(least, most, i + 1, parts);
      String both = from.isEmpty() || to.isEmpty() ? from + to : from + " AND " + to;
      ranges.add(new Range(table, "SELECT " + columns + " FROM " + table + " WHERE " + both));
    }
    return ranges;
  }

  private static long bound(long least, long most, int part, int parts) {
    return (long) (least + ((double) most - least) / parts * part);
  }
}
