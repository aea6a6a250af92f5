package io.arbitex.recovery.detector;

import io.arbitex.recovery.checks.BaselineReader;
import io.arbitex.recovery.checks.Canary;
import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.runtime.Bindings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a full baseline now and then, while the database answers, and clears away old canaries. A
 * database that does not answer is the probe's business.
 */
final class BaselineWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BaselineWatch.class);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration READ = Duration.ofMinutes(5);

  /** Canaries older than the oldest dump that is kept (7 days) tell nothing any more. */
  private static final Duration CANARY_LIFE = Duration.ofDays(8);

  private final BaselineReader reader;
  private final Supplier<Bindings.Database> target;
  private final Clock clock;
  private final String observer;
  private final Consumer<Baseline> tell;
  private final ScheduledExecutorService timer;

  BaselineWatch(
      BaselineReader reader,
      Supplier<Bindings.Database> target,
      Duration every,
      Clock clock,
      String observer,
      Consumer<Baseline> tell) {
    this.reader = reader;
    this.target = target;
    this.clock = clock;
    this.observer = observer;
    this.tell = tell;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "baseline");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleWithFixedDelay(this::take, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void take() {
    try {
      Bindings.Database bound = target.get();
      DatabaseAddress address = DatabaseAddress.of(bound.server(), bound.database());
      try (Connection connection = address.connect("recovery-baseline", CONNECT, READ)) {
        tell.accept(reader.read(connection, observer));
        Canary.trim(connection, CANARY_LIFE, clock);
      }
    } catch (SQLException | IOException | RuntimeException e) {
      log.info("no baseline this time: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
