package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.time.Duration;

/**
 * The state that a disaster of Redis breaks into: the lab is calm, a restore point holds many
 * sessions, and some are acknowledged that it does not hold.
 */
final class SessionCalm {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long IN_RESTORE_POINT = 900;
  private static final long AFTER_RESTORE_POINT = 20;
  private static final long LOOK_MILLIS = 50;

  private SessionCalm() {}

  /** Waits until the lab is calm, with its sessions too. */
  static void await(Lab lab, Watcher watcher) throws InterruptedException, IOException {
    Calm.await(lab, watcher);
    Calm.awaitComponent(lab, watcher, "redis", SessionCalm::holdsMany);
    if (!moreLogins(lab, AFTER_RESTORE_POINT, LIMIT)) {
      throw new IllegalStateException("nobody logs in; see the lab's logs");
    }
  }

  private static boolean holdsMany(RestorePoint point) {
    return point.getBaseline() != null
        && point.getBaseline().getCounts().stream()
            .anyMatch(count -> count.getRows() >= IN_RESTORE_POINT);
  }

  /**
   * Waits until more logins are acknowledged than now.
   *
   * @return false when they were not in time
   */
  static boolean moreLogins(Lab lab, long logins, Duration limit)
      throws InterruptedException, IOException {
    long begin = lab.traffic().sessions();
    long end = System.nanoTime() + limit.toNanos();
    while (lab.traffic().sessions() < begin + logins) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }
}
