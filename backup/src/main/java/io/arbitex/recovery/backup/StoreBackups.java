package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups of one store, on a thread of their own: one that hangs does not keep the others from
 * theirs. The same thread compares folders and topic, so that it never meets a restore point that
 * is just being made or deleted.
 */
final class StoreBackups {
  private static final Logger log = LoggerFactory.getLogger(StoreBackups.class);
  private static final Duration RECONCILE = Duration.ofMinutes(5);
  private static final long TURN_MILLIS = 500;

  private final String platform;
  private final String component;
  private final Shelf shelf;
  private final BackupSchedule schedule;
  private final Runnable cancel;
  private final PublishedPoints published;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private Thread thread;
  private volatile Optional<String> failure = Optional.of("starting");
  private volatile Optional<String> missing = Optional.empty();

  /**
   * @param cancel ends a backup that is being taken
   */
  StoreBackups(
      String platform,
      String component,
      Shelf shelf,
      BackupSchedule schedule,
      Runnable cancel,
      PublishedPoints published) {
    this.platform = platform;
    this.component = component;
    this.shelf = shelf;
    this.schedule = schedule;
    this.cancel = cancel;
    this.published = published;
  }

  /**
   * Begins.
   *
   * @param once one backup, then the end
   */
  void begin(boolean once) {
    thread = new Thread(() -> run(once), "backup-" + platform + "-" + component);
    thread.start();
  }

  void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Why the last turn went wrong; empty when it did not. */
  Optional<String> failure() {
    return failure;
  }

  /** Why somebody must look: the last turn, or folders that lost what was in them. */
  Optional<String> sick() {
    return failure.or(() -> missing);
  }

  /** Ends it, and a backup that is being taken. */
  void end() {
    stopping.countDown();
    cancel.run();
  }

  private void run(boolean once) {
    long compared = System.nanoTime() - RECONCILE.toNanos();
    try {
      do {
        try {
          if (System.nanoTime() - compared >= RECONCILE.toNanos()) {
            reconcile();
            compared = System.nanoTime();
          }
          schedule.turn();
          failure = schedule.failure();
        } catch (RuntimeException e) {
          // The thread must go on: without it there would be no backup ever again.
          log.error("the backups of {}/{} met what they do not know", platform, component, e);
          failure = Optional.of("backups of " + platform + "/" + component + ": " + e);
        }
      } while (!once && !stopping.await(TURN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reconcile() throws InterruptedException {
    List<RestorePoint> known = published.of(platform, component);
    BackupFolders.Contents found = shelf.read(known);
    missing = found.missing();
    for (RestorePoint point : Reconciliation.of(known, found.lying(), found.complete())) {
      log.info(
          "restore point {} is {} at {}", point.getId(), point.getState(), point.getLocation());
      published.publish(point);
    }
  }
}
