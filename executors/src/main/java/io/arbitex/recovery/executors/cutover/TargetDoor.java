package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.executors.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The door of the platform's role to the target database. */
final class TargetDoor {
  private static final String TABLE_RIGHTS =
      "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog',"
          + " 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
          + " AND has_table_privilege(?, c.oid, 'SELECT, INSERT, UPDATE, DELETE')";
  private static final String SCHEMAS =
      "SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema'"
          + " AND nspname NOT LIKE 'pg\\_%'";

  private final Connection maintenance;
  private final String role;
  private final String database;

  TargetDoor(Connection maintenance, String role, String database) {
    this.maintenance = maintenance;
    this.role = role;
    this.database = database;
  }

  boolean open() throws SQLException {
    return roleExists()
        && Sql.yes(maintenance, "SELECT has_database_privilege(?, ?, 'CONNECT')", role, database);
  }

  /** Makes the role, which may not log in yet, and lets it connect. */
  void letIn() throws SQLException {
    if (!roleExists()) {
      Sql.run(maintenance, "CREATE ROLE " + Sql.name(maintenance, role) + " NOLOGIN");
    }
    Sql.run(
        maintenance,
        "GRANT CONNECT ON DATABASE "
            + Sql.name(maintenance, database)
            + " TO "
            + Sql.name(maintenance, role));
  }

  void shutOut() throws SQLException {
    if (roleExists()) {
      Sql.run(
          maintenance,
          "REVOKE CONNECT ON DATABASE "
              + Sql.name(maintenance, database)
              + " FROM "
              + Sql.name(maintenance, role));
      // Sessions that are open already would live on.
      Sql.column(
          maintenance,
          "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = ?"
              + " AND datname = ? AND pid <> pg_backend_pid()",
          role,
          database);
    }
  }

  /**
   * The rights that the dump brought are kept as they are. A dump without any for the role was made
   * without privileges: then the role gets the plain ones, since it could do nothing else.
   *
   * @return whether they had to be given
   */
  boolean grantRightsIfNone(Connection inside) throws SQLException {
    if (Sql.number(inside, TABLE_RIGHTS, role) > 0) {
      return false;
    }
    String grantee = Sql.name(inside, role);
    List<String> schemas = Sql.column(inside, SCHEMAS);
    for (String schema : schemas) {
      String name = Sql.name(inside, schema);
      Sql.run(inside, "GRANT USAGE ON SCHEMA " + name + " TO " + grantee);
      Sql.run(
          inside,
          "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
              + name
              + " TO "
              + grantee);
      Sql.run(inside, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + name + " TO " + grantee);
    }
    return true;
  }

  private boolean roleExists() throws SQLException {
    return Sql.number(maintenance, "SELECT count(*) FROM pg_roles WHERE rolname = ?", role) == 1;
  }
}
