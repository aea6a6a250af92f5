package io.arbitex.recovery.lab.world;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for a condition of the world. */
final class Waiting {
  private static final long LOOK_MILLIS = 50;

  private Waiting() {}

  /**
   * Looks every 50 ms until the condition holds; an exception counts as "not yet".
   *
   * @param what in words, for the failure
   * @param hint what to say besides when the time is over
   * @throws LabFailure when it does not hold in time
   */
  static void until(String what, Duration limit, Callable<Boolean> condition, Supplier<String> hint)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException | LabFailure e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() > end) {
        String why = last == null ? "" : " (last: " + last + ")";
        throw new LabFailure(
            what + " did not happen within " + limit.toSeconds() + " s" + why + hint.get(), last);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
