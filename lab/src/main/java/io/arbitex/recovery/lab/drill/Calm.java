package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The state that a disaster breaks into: a restore point is known, every observer says UP, and
 * events are acknowledged that no dump holds.
 */
public final class Calm {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int EVENTS_AFTER_DUMP = 100;
  private static final long LOOK_MILLIS = 50;

  private Calm() {}

  /** Waits until the lab is calm. */
  public static void await(Lab lab, Watcher watcher) throws InterruptedException, IOException {
    awaitComponent(lab, watcher, "postgresql", point -> true);
    if (!moreTraffic(lab, EVENTS_AFTER_DUMP, LIMIT)) {
      throw new LabFailure("the traffic does not flow; see the lab's logs");
    }
  }

  /** Waits until a snapshot of a volume is published that was taken since. */
  static void awaitSnapshot(Watcher watcher, String component, Instant since)
      throws InterruptedException {
    boolean there =
        watcher
            .await(
                LIMIT,
                value ->
                    value instanceof RestorePoint point
                        && point.getComponent().equals(component)
                        && !point.getTakenAt().isBefore(since))
            .isPresent();
    if (!there) {
      throw new LabFailure("no snapshot of " + component + " was taken; see the log of backup");
    }
  }

  /** Waits until a component has a restore point that will do, and every observer says UP of it. */
  static void awaitComponent(
      Lab lab, Watcher watcher, String component, Predicate<RestorePoint> willDo)
      throws InterruptedException, IOException {
    Optional<?> found =
        watcher.await(
            LIMIT,
            value ->
                value instanceof RestorePoint point
                    && point.getComponent().equals(component)
                    && willDo.test(point));
    long observers = observers(lab);
    Set<String> up = new HashSet<>();
    Optional<?> all =
        watcher.await(
            LIMIT,
            value -> {
              if (value instanceof HealthEvent event
                  && event.getComponent().equals(component)
                  && event.getStatus() == HealthStatus.UP
                  && event.getConsecutive() >= 3) {
                up.add(event.getObserver());
              }
              return up.size() >= observers;
            });
    if (found.isEmpty() || all.isEmpty()) {
      throw new LabFailure(
          "the lab did not get calm: "
              + component
              + (found.isEmpty() ? " has no such restore point" : " is UP for " + up + " only")
              + "; see its logs");
    }
  }

  /** Waits until every observer says UP of a component, from now on. */
  static void awaitUp(Lab lab, Watcher watcher, String component, Duration limit)
      throws InterruptedException, IOException {
    long observers = observers(lab);
    Instant since = Instant.now();
    Set<String> up = new HashSet<>();
    boolean all =
        watcher
            .await(
                limit,
                value -> {
                  if (value instanceof HealthEvent event
                      && event.getComponent().equals(component)
                      && event.getStatus() == HealthStatus.UP
                      && !event.getObservedAt().isBefore(since)) {
                    up.add(event.getObserver());
                  }
                  return up.size() >= observers;
                })
            .isPresent();
    if (!all) {
      throw new LabFailure(component + " is UP for " + up + " only; see the lab's logs");
    }
  }

  /** How many observers there are. */
  static long observers(Lab lab) throws IOException {
    return lab.requireState().network().paths().keySet().stream()
        .filter(path -> path.endsWith("-to-witness"))
        .count();
  }

  /**
   * Waits until more events are acknowledged than now.
   *
   * @return false when they were not in time
   */
  static boolean moreTraffic(Lab lab, long events, Duration limit)
      throws InterruptedException, IOException {
    long begin = lab.traffic().acknowledged();
    long end = System.nanoTime() + limit.toNanos();
    while (lab.traffic().acknowledged() < begin + events) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }
}
