package io.arbitex.recovery.lab.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few connections to the database that the secret file names now. The file is looked at every 100
 * ms; when it names another database, connections to the old one are not used again.
 */
final class DatabasePool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabasePool.class);
  private static final long LOOK_MILLIS = 100;

  private final Path secretFile;
  private final Semaphore slots;
  private final Deque<Lease> idle = new ArrayDeque<>();
  private final ScheduledExecutorService watcher;
  private FileTime seen = FileTime.fromMillis(0);
  private DatabaseSecret secret;
  private long generation;

  /** Work on a connection. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private record Lease(Connection connection, long generation) {}

  /**
   * @param size connections at most
   * @throws IOException when the file holds no database URL
   */
  DatabasePool(Path secretFile, int size) throws IOException {
    this.secretFile = secretFile;
    this.slots = new Semaphore(size);
    look();
    watcher =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "database-secret");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        watcher.scheduleWithFixedDelay(
            this::lookAgain, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Rises whenever the secret names another database. */
  synchronized long generation() {
    return generation;
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
      Lease lease = borrow();
      try {
        T result = work.on(lease.connection());
        lease.connection().commit();
        giveBack(lease);
        return result;
      } catch (SQLException | RuntimeException e) {
        // A connection that has failed once may be in any state; a new one is cheap.
        discard(lease);
        throw e;
      }
    } finally {
      slots.release();
    }
  }

  private Lease borrow() throws SQLException {
    DatabaseSecret now;
    long current;
    synchronized (this) {
      while (!idle.isEmpty()) {
        Lease lease = idle.pop();
        if (lease.generation() == generation) {
          return lease;
        }
        discard(lease);
      }
      now = secret;
      current = generation;
    }
    Connection connection = DriverManager.getConnection(now.jdbcUrl(), now.properties());
    connection.setAutoCommit(false);
    return new Lease(connection, current);
  }

  private synchronized void giveBack(Lease lease) {
    if (lease.generation() == generation) {
      idle.push(lease);
    } else {
      discard(lease);
    }
  }

  private static void discard(Lease lease) {
    try {
      lease.connection().close();
    } catch (SQLException e) {
      log.debug("closing a connection: {}", e.toString());
    }
  }

  private void lookAgain() {
    try {
      look();
    } catch (IOException | RuntimeException e) {
      log.warn("staying with {}: {}", secret, e.toString());
    }
  }

  private void look() throws IOException {
    FileTime modified = Files.getLastModifiedTime(secretFile);
    synchronized (this) {
      if (modified.equals(seen)) {
        return;
      }
    }
    DatabaseSecret read = DatabaseSecret.read(secretFile);
    synchronized (this) {
      seen = modified;
      if (!read.equals(secret)) {
        secret = read;
        generation++;
        while (!idle.isEmpty()) {
          discard(idle.pop());
        }
        log.info("the database is {}", read);
      }
    }
  }

  @Override
  public void close() {
    watcher.shutdownNow();
    synchronized (this) {
      while (!idle.isEmpty()) {
        discard(idle.pop());
      }
    }
  }
}
