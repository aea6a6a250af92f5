package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.writers.StartWriters;

/** The last look at the source, and the mark on the target that traffic is open. */
final class TrafficOpening implements StartWriters.Opening {
  private final CutoverSettings settings;
  private final ReturnedSource returned;

  TrafficOpening(CutoverSettings settings) {
    this.settings = settings;
    this.returned = new ReturnedSource(settings);
  }

  @Override
  public void refuseIfSound(ActionContext context) throws ActionFailure, InterruptedException {
    returned.refuseIfSound(context);
  }

  @Override
  public void open(ActionContext context) throws ActionFailure, InterruptedException {
    // Once more: the stragglers may have taken minutes to stop, and only now nobody writes.
    returned.refuseOrFence(context);
    settings.markOpened(context);
  }
}
