package io.arbitex.recovery.detector.alerts;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections on which no head of a request becomes whole. Jetty's idle timeout begins anew
 * with each byte, so that whoever sends one now and then, without a token, would hold a connection
 * for hours, and all of them together the receiver.
 */
final class SlowHeads implements Connection.Listener, AutoCloseable {
  private final Duration limit;
  private final Map<Connection, Waiting> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer;

  /**
   * Since when a connection waits for its next request.
   *
   * @param requests that it has had so far
   */
  private record Waiting(long requests, long sinceNanos) {}

  /**
   * @param limit for the head of a request, at least; up to a quarter more
   */
  SlowHeads(Duration limit) {
    this.limit = limit;
    ScheduledThreadPoolExecutor one =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "alerts-slow-heads");
              thread.setDaemon(true);
              return thread;
            });
    one.setRemoveOnCancelPolicy(true);
    timer = one;
    long turn = Math.max(1, limit.toMillis() / 4);
    timer.scheduleWithFixedDelay(this::closeSlow, turn, turn, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpened(Connection connection) {
    open.put(connection, new Waiting(0, System.nanoTime()));
  }

  @Override
  public void onClosed(Connection connection) {
    open.remove(connection);
  }

  private void closeSlow() {
    long now = System.nanoTime();
    open.forEach(
        (connection, waiting) -> {
          long requests = connection.getMessagesIn();
          boolean answering = requests > connection.getMessagesOut();
          if (answering || requests > waiting.requests()) {
            open.replace(connection, new Waiting(requests, now));
          } else if (now - waiting.sinceNanos() > limit.toNanos()) {
            connection.getEndPoint().close();
          }
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
