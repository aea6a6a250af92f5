package io.arbitex.recovery.lab.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few connections to one database for the life of the process. While it cannot be reached each
 * piece of work fails and the next one tries anew, so the pool is well again as soon as the
 * database is.
 */
final class DatabasePool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabasePool.class);

  private final DatabaseSecret database;
  private final Semaphore slots;
  private final Deque<Connection> idle = new ArrayDeque<>();

  /** Work on a connection. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Connects to nothing yet.
   *
   * @param size connections at most
   */
  DatabasePool(DatabaseSecret database, int size) {
    this.database = database;
    this.slots = new Semaphore(size);
  }

  /**
   * Does work on a connection in a transaction: committed when it returns, else rolled back.
   *
   * @param limit how long to wait for a connection
   * @throws SQLException when there is none in time, or the work fails
   */
  <T> T transact(Duration limit, Work<T> work) throws SQLException, InterruptedException {
    if (!slots.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new SQLException("all connections are busy", "53300");
    }
    try {
      Connection connection = borrow();
      try {
        T result = work.on(connection);
        connection.commit();
        giveBack(connection);
        return result;
      } catch (SQLException | RuntimeException e) {
        // A connection that has failed once may be in any state; a new one is cheap.
        discard(connection);
        // What broke this one may have broken the others: not each of them is to cost a request.
        discardIdle();
        throw e;
      }
    } finally {
      slots.release();
    }
  }

  private Connection borrow() throws SQLException {
    synchronized (this) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    Connection connection = database.connect();
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      discard(connection);
      throw e;
    }
    return connection;
  }

  private synchronized void giveBack(Connection connection) {
    idle.push(connection);
  }

  private synchronized void discardIdle() {
    while (!idle.isEmpty()) {
      discard(idle.pop());
    }
  }

  private static void discard(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      log.debug("closing a connection: {}", e.toString());
    }
  }

  @Override
  public void close() {
    discardIdle();
  }
}
