package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The state that a disaster breaks into: a restore point is known, every observer says UP, and
 * events are acknowledged that no dump holds.
 */
public final class Calm {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int EVENTS_AFTER_DUMP = 100;
  private static final long LOOK_MILLIS = 50;

  private Calm() {}

  /** Waits until the lab is calm. */
  public static void await(Lab lab, Watcher watcher) throws InterruptedException, IOException {
    Optional<?> point = watcher.await(LIMIT, RestorePoint.class::isInstance);
    Set<String> up = new HashSet<>();
    int observers = lab.requireState().network().paths().size() / 3;
    Optional<?> all =
        watcher.await(
            LIMIT,
            value -> {
              if (value instanceof HealthEvent event
                  && event.getStatus() == HealthStatus.UP
                  && event.getConsecutive() >= 3) {
                up.add(event.getObserver());
              }
              return up.size() >= observers;
            });
    if (point.isEmpty() || all.isEmpty()) {
      throw new IllegalStateException("the lab did not get calm; see its logs");
    }
    if (!moreTraffic(lab, EVENTS_AFTER_DUMP, LIMIT)) {
      throw new IllegalStateException("the traffic does not flow; see the lab's logs");
    }
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
