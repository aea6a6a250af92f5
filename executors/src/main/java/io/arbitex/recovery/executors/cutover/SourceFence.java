package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.executors.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The door of the platform's role to a source database: whether it may log in, and its sessions. On
 * a server that holds both databases the role must stay able to log in, so there the old database
 * is closed instead.
 */
final class SourceFence {
  private static final String SESSIONS =
      "FROM pg_stat_activity WHERE usename = ? AND datname = ? AND pid <> pg_backend_pid()";

  /** Names in {@link CutoverFacts#FENCED_GRANTS}. */
  static final String ROLE = "role";

  private static final String PUBLIC = "public";
  private static final String GRANTED =
      "SELECT count(*) FROM pg_database d,"
          + " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
          + " WHERE d.datname = ? AND a.privilege_type = 'CONNECT' AND a.grantee ="
          + " coalesce((SELECT oid FROM pg_roles WHERE rolname = ?), 0)";

  private final Connection maintenance;
  private final String role;
  private final String database;
  private final boolean sharedServer;

  SourceFence(Connection maintenance, String role, String database, boolean sharedServer) {
    this.maintenance = maintenance;
    this.role = role;
    this.database = database;
    this.sharedServer = sharedServer;
  }

  /** No new session can be made. */
  boolean closed() throws SQLException {
    if (count("SELECT count(*) FROM pg_roles WHERE rolname = ?", role) == 0
        || count("SELECT count(*) FROM pg_database WHERE datname = ?", database) == 0) {
      return true;
    }
    return sharedServer
        ? !Sql.yes(maintenance, "SELECT has_database_privilege(?, ?, 'CONNECT')", role, database)
        : !Sql.yes(maintenance, "SELECT rolcanlogin FROM pg_roles WHERE rolname = ?", role);
  }

  long sessions() throws SQLException {
    return count("SELECT count(*) " + SESSIONS, role, database);
  }

  void close() throws SQLException {
    if (sharedServer) {
      String name = Sql.name(maintenance, database);
      Sql.run(
          maintenance,
          "REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC, " + Sql.name(maintenance, role));
    } else {
      Sql.run(maintenance, "ALTER ROLE " + Sql.name(maintenance, role) + " NOLOGIN");
    }
    List<String> ended =
        Sql.column(
            maintenance, "SELECT pg_terminate_backend(pid)::text " + SESSIONS, role, database);
    if (ended.contains("false")) {
      throw new SQLException("a session of " + role + " could not be ended");
    }
  }

  /** Who could connect by a grant of its own, for {@link #open}; empty where logins are closed. */
  String grants() throws SQLException {
    List<String> granted = new ArrayList<>();
    if (sharedServer) {
      // PUBLIC has no role, so any name that is none stands for it.
      if (count(GRANTED, database, "") > 0) {
        granted.add(PUBLIC);
      }
      if (count(GRANTED, database, role) > 0) {
        granted.add(ROLE);
      }
    }
    return String.join(",", granted);
  }

  /**
   * Opens it again.
   *
   * @param grants as they were before it was closed
   */
  void open(String grants) throws SQLException {
    if (sharedServer) {
      List<String> grantees = new ArrayList<>();
      for (String each : grants.split(",", -1)) {
        grantees.add(each.equals(PUBLIC) ? "PUBLIC" : Sql.name(maintenance, role));
      }
      // In one statement: a crash in between must not look like an opened door.
      Sql.run(
          maintenance,
          "GRANT CONNECT ON DATABASE "
              + Sql.name(maintenance, database)
              + " TO "
              + String.join(", ", grantees));
    } else {
      Sql.run(maintenance, "ALTER ROLE " + Sql.name(maintenance, role) + " LOGIN");
    }
  }

  private long count(String query, String... parameters) throws SQLException {
    return Sql.number(maintenance, query, parameters);
  }
}
