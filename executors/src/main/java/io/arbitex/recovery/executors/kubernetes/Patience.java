package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/** Waits for the cluster within an action, and ends early on cancel and on the kill switch. */
public final class Patience {
  private static final Duration PAUSE = Duration.ofMillis(150);
  private static final Duration SWITCH = Duration.ofSeconds(3);

  private Patience() {}

  /** Says what is still missing; empty once nothing is. */
  @FunctionalInterface
  public interface Lack {
    Optional<String> now() throws ActionFailure, InterruptedException;
  }

  /**
   * Waits until nothing is missing.
   *
   * @param limit at most this long, and no longer than the action may take
   * @return what was missing at the end of the limit; empty when it came
   */
  public static Optional<String> await(ActionContext context, Duration limit, Lack lack)
      throws ActionFailure, InterruptedException {
    long end = System.nanoTime() + least(limit, context.remaining()).toNanos();
    long nextSwitch = System.nanoTime() + SWITCH.toNanos();
    while (true) {
      Optional<String> missing = lack.now();
      if (missing.isEmpty() || System.nanoTime() - end >= 0) {
        return missing;
      }
      refuseIfCancelled(context);
      if (System.nanoTime() - nextSwitch >= 0) {
        refuseIfStopped(context);
        nextSwitch = System.nanoTime() + SWITCH.toNanos();
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  /**
   * Ends an action whose command was cancelled or whose owner is no longer this process.
   *
   * @throws ActionFailure then
   */
  public static void refuseIfCancelled(ActionContext context) throws ActionFailure {
    if (context.cancelled()) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED, "ended, since the step was cancelled", "Nothing.");
    }
  }

  /**
   * Ends an action while the kill switch stops changes.
   *
   * @throws ActionFailure KILL_SWITCH then
   */
  public static void refuseIfStopped(ActionContext context)
      throws ActionFailure, InterruptedException {
    Optional<String> stopped = context.stopped();
    if (stopped.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.KILL_SWITCH,
          "stopped in the middle of a wait: " + stopped.get(),
          "Take the kill switch back when changes may go on.");
    }
  }

  static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
