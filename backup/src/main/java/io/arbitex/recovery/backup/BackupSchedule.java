package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.KillSwitch;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When one component is backed up: every so often, at once when it has become another resource (a
 * recovered database has no restore point of its own yet), and soon again after a failure.
 */
final class BackupSchedule {
  private static final Logger log = LoggerFactory.getLogger(BackupSchedule.class);
  private static final Duration RETRY = Duration.ofSeconds(15);

  private final String platform;
  private final String component;
  private final Shelf shelf;
  private final Supplier<Bound> bound;
  private final KillSwitch killSwitch;
  private final Duration every;
  private final LongSupplier nanos;
  private final Consumer<RestorePoint> publish;
  private final BooleanSupplier stopping;
  private long due;
  private String doneFor = "";
  private long doneEpoch = -1;
  private Optional<String> failure = Optional.empty();

  /**
   * What the component is now.
   *
   * @param epoch of the binding that says so
   * @param taking takes a backup of it
   */
  record Bound(String resource, long epoch, BackupTaking taking) {}

  /**
   * @param shelf where its restore points lie
   * @param bound what the component is now
   * @param nanos a clock that only runs forward, in nanoseconds
   * @param publish told of every restore point that is made or deleted; returns when that is known
   */
  BackupSchedule(
      String platform,
      String component,
      Shelf shelf,
      Supplier<Bound> bound,
      KillSwitch killSwitch,
      Duration every,
      LongSupplier nanos,
      Consumer<RestorePoint> publish,
      BooleanSupplier stopping) {
    this.platform = platform;
    this.component = component;
    this.shelf = shelf;
    this.bound = bound;
    this.killSwitch = killSwitch;
    this.every = every;
    this.nanos = nanos;
    this.publish = publish;
    this.stopping = stopping;
    this.due = nanos.getAsLong();
  }

  /** Takes a backup when it is time to. */
  void turn() throws InterruptedException {
    Bound now;
    try {
      now = bound.get();
    } catch (IllegalStateException e) {
      failed(e.getMessage(), "");
      return;
    }
    boolean moved = now.epoch() != doneEpoch || !now.resource().equals(doneFor);
    boolean waiting = nanos.getAsLong() - due < 0;
    if (waiting && (!moved || failure.isPresent())) {
      return;
    }
    try {
      take(now);
      failure = Optional.empty();
      doneFor = now.resource();
      doneEpoch = now.epoch();
      due = nanos.getAsLong() + every.toNanos();
    } catch (BackupFailed e) {
      if (!stopping.getAsBoolean()) {
        failed(e.getMessage(), e.hint());
      }
    }
  }

  /** Why the last backup failed; empty when it did not. */
  Optional<String> failure() {
    return failure;
  }

  private void failed(String message, String hint) {
    String what = "no backup of " + platform + "/" + component + ": " + message;
    if (failure.isEmpty()) {
      log.error("{} {}", what, hint);
    }
    failure = Optional.of(what);
    due = nanos.getAsLong() + Math.min(every.toNanos(), RETRY.toNanos());
  }

  private void take(Bound now) throws BackupFailed, InterruptedException {
    long begin = nanos.getAsLong();
    RestorePoint point = now.taking().take();
    log.info(
        "restore point {}: {} bytes, {} ms",
        point.getId(),
        point.getSizeBytes(),
        (nanos.getAsLong() - begin) / 1_000_000);
    publish.accept(point);
    shelf.copy(point);
    keepNewest();
  }

  /** Deletes only after a new one is whole, and not while everything is to stand still. */
  private void keepNewest() throws InterruptedException {
    Optional<String> stopped = killSwitch.thrownFor(platform);
    if (stopped.isPresent()) {
      log.info("old restore points are kept: {}", stopped.get());
      return;
    }
    for (RestorePoint gone : shelf.keepNewest()) {
      gone.setState(RestorePointState.EXPIRED);
      publish.accept(gone);
    }
  }
}
