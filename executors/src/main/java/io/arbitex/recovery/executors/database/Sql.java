package io.arbitex.recovery.executors.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Short questions to a server. */
public final class Sql {
  private Sql() {}

  public static void run(Connection connection, String statement) throws SQLException {
    try (Statement running = connection.createStatement()) {
      running.execute(statement);
    }
  }

  /** A name as it stands in a statement. */
  public static String name(Connection connection, String identifier) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.enquoteIdentifier(identifier, true);
    }
  }

  public static long number(Connection connection, String query, String... parameters)
      throws SQLException {
    List<String> found = column(connection, query, parameters);
    if (found.size() != 1) {
      throw new SQLException("one row was expected, there are " + found.size() + ": " + query);
    }
    return Long.parseLong(found.get(0));
  }

  public static boolean yes(Connection connection, String query, String... parameters)
      throws SQLException {
    return column(connection, query, parameters).equals(List.of("t"));
  }

  /** First column of all rows, as text. */
  public static List<String> column(Connection connection, String query, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      List<String> values = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          values.add(rows.getString(1));
        }
      }
      return values;
    }
  }
}
