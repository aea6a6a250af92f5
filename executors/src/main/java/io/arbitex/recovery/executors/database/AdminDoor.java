package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The way into a server as its admin role. The password is read anew each time. */
public final class AdminDoor {
  /**
   * The database that every server has, where databases and roles are made from; the locks of
   * {@link MarkedDatabase} live in it.
   */
  public static final String MAINTENANCE = "postgres";

  /** A server that lives answers within it; the driver counts in whole seconds. */
  public static final Duration CONNECT = Duration.ofSeconds(3);

  /** For statements that are short on any sound server. */
  public static final Duration SHORT = Duration.ofSeconds(15);

  private final Inventory.Server server;

  public AdminDoor(Inventory.Server server) {
    this.server = server;
  }

  public Inventory.Server server() {
    return server;
  }

  /**
   * The address of a database, as admin.
   *
   * @throws ActionFailure when the password's reference leads nowhere
   */
  public DatabaseAddress address(String database) throws ActionFailure {
    try {
      return DatabaseAddress.of(server, database);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.AUTHENTICATION,
          "no password for the admin of " + server.name() + ": " + e,
          "Put the secret back to where adminPassword of the server in the inventory points.",
          false,
          e);
    }
  }

  /**
   * A connection in auto-commit.
   *
   * @param answer limit for each answer of the server; zero for none
   * @throws SQLException when the server does not let it in
   */
  public Connection open(String database, Duration answer) throws SQLException, ActionFailure {
    return address(database).connect("recovery-executor", CONNECT, answer);
  }
}
