package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that is made so in the world. The world is asked three times: is it already so? — make
 * it so — is it so now? What is created gets its name from incident and attempt, so that making it
 * twice is making it once.
 */
public interface Action {

  /**
   * Unique in its procedure, and the same in every version of this program, since the journal knows
   * the action by it. Lower case and dashes.
   */
  String name();

  /** What it does, in one line for people; a dry run says "would …" with it. */
  default String intention() {
    return name();
  }

  /** How long all its tries together may take, waits included. */
  Duration deadline();

  RetryPolicy retry();

  /**
   * The moment before which it does not begin; its deadline counts from there. Nothing is written
   * for the wait: it is read from the command, so it survives a crash, and it is asked for again
   * while it lasts, so that it may end early. Not for clean-up, and not waited for in a dry run.
   */
  default Optional<Instant> notBefore(StepCommand command) {
    return Optional.empty();
  }

  /**
   * Whether {@link #make} changes the world. An action that does not is done by {@link #look}
   * alone: {@link Look.AlreadySo} carries what it found, {@link Look.NotYet} is a try that failed.
   */
  boolean changesWorld();

  /**
   * Asks the world whether it is already so. Never changes anything.
   *
   * @throws ActionFailure when it cannot be told
   */
  Look look(ActionContext context) throws ActionFailure, InterruptedException;

  /**
   * Makes it so. May be called again after a crash in the middle of an earlier call, whose effect
   * may be none, part or all. Must end soon after {@link ActionContext#cancelled()} turns true or
   * {@link ActionContext#remaining()} is used up.
   *
   * @throws ActionFailure when it could not be made so
   */
  default void make(ActionContext context) throws ActionFailure, InterruptedException {
    throw new UnsupportedOperationException(name() + " does not change the world");
  }

  /**
   * Asked of a point of no return that is given up or to be stopped after its intent: is it certain
   * that it did not happen, and that no earlier try can still make it happen? To lock earlier tries
   * out with the token is allowed here; nothing else is changed. Anything but a certain yes means
   * that it counts as passed, so nothing is undone.
   *
   * @throws ActionFailure when it cannot be told, which is no yes
   */
  default boolean ruledOut(ActionContext context) throws ActionFailure, InterruptedException {
    return false;
  }
}
