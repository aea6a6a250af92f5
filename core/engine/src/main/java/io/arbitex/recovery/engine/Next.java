package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepError;
import java.time.Instant;
import java.util.Optional;

/** What the driver of an execution does next. */
public sealed interface Next {

  /** Call {@link Execution#advance()} again. */
  record Continue() implements Next {}

  /**
   * Call it again at that moment, or at once when the command was cancelled. An earlier call does
   * no harm: it asks anew how long to wait.
   */
  record WaitUntil(Instant moment) implements Next {}

  /**
   * There is nothing left to do.
   *
   * @param error why it did not end in {@link Outcome#DONE}; empty where nobody knows here
   */
  record Finished(Outcome outcome, Optional<StepError> error) implements Next {}
}
