package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.OperationWait;
import java.time.Duration;

/** Pauses between questions to Azure: short ones first, then as seldom as its limits ask for. */
final class Pace {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private Duration next = Duration.ofMillis(250);

  /**
   * Pauses, longer each time.
   *
   * @throws ActionFailure when the command is cancelled, or at the end of the action's time
   */
  void pause(ActionContext context, String doing) throws ActionFailure, InterruptedException {
    OperationWait.pause(context, next, doing);
    Duration longer = next.plus(next.dividedBy(2));
    next = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
  }
}
