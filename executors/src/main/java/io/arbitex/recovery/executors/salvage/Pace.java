package io.arbitex.recovery.executors.salvage;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/** Between two pages of a long read: whether it may go on, and how far it is. */
final class Pace {
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final ActionContext context;
  private long next = System.nanoTime() + LOOK.toNanos();

  Pace(ActionContext context) {
    this.context = context;
  }

  /**
   * Goes on, or not.
   *
   * @param doing how far it is, for people
   * @throws ActionFailure when the step was cancelled, its time is over, or the kill switch says so
   */
  void step(String doing) throws ActionFailure, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the export was interrupted");
    }
    if (context.cancelled()) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED, "ended, since the step was cancelled", "Nothing.");
    }
    if (System.nanoTime() - next < 0) {
      return;
    }
    next = System.nanoTime() + LOOK.toNanos();
    context.progress(doing);
    if (context.remaining().isZero()) {
      throw ActionFailure.permanent(
          FailureCode.DEADLINE,
          "the export takes longer than it may: " + doing,
          "Take 'salvage' out of the inventory and export from the old server after the cutover.");
    }
    Optional<String> stopped = context.stopped();
    if (stopped.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.KILL_SWITCH,
          "stopped in the middle of an export: " + stopped.get(),
          "Take the kill switch back when changes may go on.");
    }
  }
}
