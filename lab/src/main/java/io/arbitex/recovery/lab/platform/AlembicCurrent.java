package io.arbitex.recovery.lab.platform;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code alembic current}: which migration the platform's database is at. Exit status 0 when there
 * is one, 1 when it cannot be read, 2 for another command.
 */
public final class AlembicCurrent {
  private AlembicCurrent() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
  }

  static int run(
      List<String> arguments, Map<String, String> variables, PrintStream out, PrintStream err) {
    if (!arguments.equals(List.of("current"))) {
      err.println("alembic: this image knows only: alembic current");
      return 2;
    }
    List<String> heads = new ArrayList<>();
    DatabaseSecret database;
    try {
      database = PlatformEnvironment.database(variables);
    } catch (IllegalArgumentException e) {
      err.println("alembic: " + e.getMessage());
      return 1;
    }
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version_num FROM alembic_version")) {
      while (row.next()) {
        heads.add(row.getString(1));
      }
    } catch (SQLException e) {
      err.println("alembic: " + database + ": " + e.getMessage());
      return 1;
    }
    if (heads.isEmpty()) {
      err.println("alembic: " + database + " is at no migration");
      return 1;
    }
    heads.forEach(head -> out.println(head + " (head)"));
    return 0;
  }
}
