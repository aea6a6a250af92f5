package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.FullCheck;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.runtime.Bindings;
import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The integrity of one component's database: what each round of the probe looks at, and beside it,
 * on a thread of its own, full checks and pg_amcheck, one at a time. What was found is told by the
 * probe, in each of its rounds, until the same check passes.
 */
public final class IntegrityWatch implements DataLook, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IntegrityWatch.class);

  /** After a check that did not pass, the next follows after so many intervals of the probe. */
  private static final int SOON = 10;

  /** What cannot be made takes at most this share of the time: one part of ten. */
  private static final int PAUSE = 9;

  private final IntegritySettings settings;
  private final Duration soon;
  private final Supplier<Bindings.Database> target;
  private final Consumer<Baseline> checkpoints;
  private final AuditKey key;
  private final RoundCheck round;
  private final FullChecks full;
  private final Amcheck amcheck;
  private final ScheduledThreadPoolExecutor timer;
  private volatile KnownDatabase known = new KnownDatabase("", -1, "");

  /** Whose database it is. */
  public record Place(
      Inventory.Platform platform,
      Inventory.Component component,
      Inventory.Postgresql postgresql,
      String observer) {}

  /**
   * @param interval of the probe, and of looking what is bound
   * @param last the checkpoints of before this observer's start
   * @param checkpoints told of each moment that was proven
   */
  public IntegrityWatch(
      Place place,
      IntegritySettings settings,
      Duration interval,
      Supplier<Bindings.Database> target,
      Checkpoints last,
      Clock clock,
      Consumer<Baseline> checkpoints) {
    this.settings = settings;
    this.soon = interval.multipliedBy(SOON);
    this.target = target;
    this.checkpoints = checkpoints;
    String platform = place.platform().name();
    String component = place.component().name();
    this.timer =
        new ScheduledThreadPoolExecutor(
            2,
            work -> {
              Thread thread = new Thread(work, "integrity-" + platform + "-" + component);
              thread.setDaemon(true);
              return thread;
            });
    this.key = new AuditKey(place.platform().endpoints().auditKey());
    Inventory.Postgresql postgresql = place.postgresql();
    this.round = new RoundCheck(key);
    this.full =
        new FullChecks(
            new FullChecks.Place(platform, component, place.observer()),
            new FullCheck(
                platform, component, postgresql.criticalTables(), postgresql.keeps(), clock),
            key,
            last,
            settings.limit(),
            timer);
    this.amcheck = new Amcheck(postgresql.tools(), settings.limit());
    Turns turns = new Turns();
    timer.scheduleWithFixedDelay(turns::next, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<Finding> look(Connection connection, Bindings.Database bound, Duration left)
      throws InterruptedException {
    KnownDatabase now = knownOf(bound);
    if (!left.isNegative() && !left.isZero()) {
      round.look(connection, now, left);
    }
    return now.finding();
  }

  private synchronized KnownDatabase knownOf(Bindings.Database bound) {
    // Without a key nothing can be judged, and what is known stays.
    String digest = key.read().map(Digests::sha256).orElse(known.key());
    if (!known.is(bound.resource(), bound.epoch(), digest)) {
      known = new KnownDatabase(bound.resource(), bound.epoch(), digest);
    }
    return known;
  }

  /** The checks that take longer, each when it is due. */
  private final class Turns {
    private KnownDatabase of = known;
    private String told = "";
    private long fullAt;
    private long amcheckAt;

    void next() {
      try {
        Bindings.Database bound = target.get();
        KnownDatabase now = knownOf(bound);
        if (now != of) {
          of = now;
          fullAt = System.nanoTime();
          amcheckAt = fullAt;
        }
        if (!settings.fullEvery().isZero() && System.nanoTime() - fullAt >= 0) {
          fullAt = full(bound, now);
        }
        if (!settings.amcheckEvery().isZero() && System.nanoTime() - amcheckAt >= 0) {
          amcheckAt = amcheck(bound, now);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        if (timer.isShutdown()) {
          log.debug("ended in the middle of a check", e);
        } else {
          // A watch that ends would say for ever that all is well.
          log.error("a check of the data failed in itself; the next one follows", e);
        }
      }
    }

    private long full(Bindings.Database bound, KnownDatabase now) throws InterruptedException {
      long begun = System.nanoTime();
      try {
        Optional<Baseline> checkpoint = full.make(bound, now);
        if (checkpoint.isEmpty()) {
          return after(soon, begun, 1);
        }
        told = "";
        publish(checkpoint.get(), now);
        return System.nanoTime() + settings.fullEvery().toNanos();
      } catch (SQLException | IOException e) {
        tell("no full check this time: " + e);
        return after(soon, begun, PAUSE);
      }
    }

    private long amcheck(Bindings.Database bound, KnownDatabase now) throws InterruptedException {
      long begun = System.nanoTime();
      try {
        now.byAmcheck(amcheck.run(bound));
        return System.nanoTime() + settings.amcheckEvery().toNanos();
      } catch (SQLException | IOException e) {
        tell("no pg_amcheck this time: " + e);
        return after(settings.amcheckEvery(), begun, PAUSE);
      }
    }

    /** Once, however often it is tried again. */
    private void tell(String why) {
      if (!why.equals(told)) {
        log.warn(why);
      }
      told = why;
    }

    /** The longer of the two: a pause, and a multiple of what the check took. */
    private static long after(Duration pause, long begun, int times) {
      long now = System.nanoTime();
      return now + Math.max(pause.toNanos(), (now - begun) * times);
    }
  }

  /** Not while anything else is wrong, and not of a database that was given up meanwhile. */
  private void publish(Baseline checkpoint, KnownDatabase of) {
    Optional<Finding> wrong = of.finding();
    if (wrong.isPresent()) {
      log.warn("no checkpoint, though the full check passed: {}", wrong.get().detail());
    } else if (knownOf(target.get()) == of) {
      of.proven(checkpoint);
      checkpoints.accept(checkpoint);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
