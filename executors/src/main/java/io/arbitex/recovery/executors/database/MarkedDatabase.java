package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A database with an owner's mark. Kafka cannot fence a server, so the server does it: whoever
 * writes the mark must carry a token that is no smaller than the one in it, checked under a lock on
 * the server.
 */
public final class MarkedDatabase {
  /** A live holder of the lock is done sooner; a dead one's connection may last for hours. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long POLL_MILLIS = 50;

  private final AdminDoor door;
  private final String name;

  public MarkedDatabase(AdminDoor door, String name) {
    this.door = door;
    this.name = name;
  }

  /** What is there under the name; the mark is empty when nobody of ours marked it. */
  public record Found(Optional<DatabaseMark> mark) {}

  /** Work on the server while no other owner can write the mark. */
  @FunctionalInterface
  public interface Guarded {
    void run(Connection maintenance) throws SQLException, ActionFailure, InterruptedException;
  }

  public String name() {
    return name;
  }

  public AdminDoor door() {
    return door;
  }

  /** Looks, without a lock. Empty when there is no such database. */
  public Optional<Found> find() throws SQLException, ActionFailure {
    try (Connection maintenance = door.open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      return find(maintenance);
    }
  }

  public Optional<Found> find(Connection maintenance) throws SQLException {
    try (PreparedStatement statement =
        maintenance.prepareStatement(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ?")) {
      statement.setString(1, name);
      try (ResultSet found = statement.executeQuery()) {
        return found.next()
            ? Optional.of(new Found(DatabaseMark.parse(found.getString(1))))
            : Optional.empty();
      }
    }
  }

  /**
   * Runs work under the lock of this database, on a connection to the maintenance database.
   *
   * @param answer limit for each answer of the server
   * @param token of the caller; a caller whose token is smaller than the mark's is refused before
   *     it disturbs anybody
   * @throws ActionFailure OWNERSHIP_LOST when a later owner has marked the database
   */
  public void guarded(Duration answer, long token, Guarded work)
      throws SQLException, ActionFailure, InterruptedException {
    try (Connection maintenance = door.open(AdminDoor.MAINTENANCE, answer)) {
      refuseLateComer(maintenance, token);
      lock(maintenance);
      // Again, since the lock may have been waited for.
      refuseLateComer(maintenance, token);
      work.run(maintenance);
    }
  }

  /** Writes the mark; only within {@link #guarded}. */
  public void mark(Connection maintenance, DatabaseMark mark) throws SQLException {
    try (Statement statement = maintenance.createStatement()) {
      statement.execute(
          "COMMENT ON DATABASE "
              + statement.enquoteIdentifier(name, true)
              + " IS "
              + statement.enquoteLiteral(mark.comment()));
    }
  }

  /** Moves the mark of a command's own database on to a stage, under the lock. */
  public void advance(DatabaseMark mark) throws SQLException, ActionFailure, InterruptedException {
    guarded(AdminDoor.SHORT, mark.token(), maintenance -> mark(maintenance, mark));
  }

  private void refuseLateComer(Connection maintenance, long token)
      throws SQLException, ActionFailure {
    Optional<DatabaseMark> mark = find(maintenance).flatMap(Found::mark);
    if (mark.isPresent() && mark.get().token() > token) {
      throw ActionFailure.permanent(
          FailureCode.OWNERSHIP_LOST,
          "the database "
              + name
              + " is marked by a later owner (token "
              + mark.get().token()
              + ", ours is "
              + token
              + ")",
          "Nothing; the later owner goes on with it.");
    }
  }

  private void lock(Connection maintenance) throws SQLException, InterruptedException {
    long since = System.nanoTime();
    boolean asked = false;
    while (!tryLock(maintenance)) {
      if (!asked && System.nanoTime() - since > PATIENCE.toNanos()) {
        asked = true;
        endHolder(maintenance);
      } else if (System.nanoTime() - since > 2 * PATIENCE.toNanos()) {
        throw new SQLException(
            "the lock of database " + name + " is held by another recovery", "55P03");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private boolean tryLock(Connection maintenance) throws SQLException {
    try (PreparedStatement statement =
        maintenance.prepareStatement("SELECT pg_try_advisory_lock(hashtext(?), 1)")) {
      statement.setString(1, "recovery:" + name);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getBoolean(1);
      }
    }
  }

  /** The holder is an executor that stands still or is gone; we hold the newer token. */
  private void endHolder(Connection maintenance) throws SQLException {
    try (PreparedStatement statement =
        maintenance.prepareStatement(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
              AND classid = (hashtext(?)::bigint & 4294967295)::oid AND objid = 1
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)) {
      statement.setString(1, "recovery:" + name);
      statement.execute();
    }
  }
}
