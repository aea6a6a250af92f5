package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepEvent;

/**
 * Port: lines of progress within an action. They may be lost or late; what counts goes with the
 * journal. Must not throw and must not block for long.
 */
@FunctionalInterface
public interface ProgressSink {
  void tell(StepEvent event);
}
