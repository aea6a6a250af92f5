package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.StepCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What an action may know and say while it runs. */
public interface ActionContext {

  /** The command that is carried out; not to be changed. */
  StepCommand command();

  /** Parameters of the command, overlaid by the facts of the actions so far, in their order. */
  Map<String, String> facts();

  default Optional<String> fact(String name) {
    return Optional.ofNullable(facts().get(name));
  }

  /**
   * A fact that must be there.
   *
   * @throws MissingFact when neither the command nor an earlier action gave it
   */
  default String required(String name) {
    return fact(name).orElseThrow(() -> new MissingFact(name));
  }

  /**
   * Grows with every write of the journal, whoever its owner. To be handed to the target as a
   * precondition, so that the target itself refuses an owner that came too late.
   *
   * @throws IllegalStateException before the intent is written, so in the first look
   */
  long token();

  /** Says how far it is, in one line for people, without secrets. */
  void progress(String text);

  /**
   * Keeps a fact in the journal before the action goes on, so that a wait in the world (an
   * operation's address) is resumed after a crash and not begun again. Only within {@link
   * Action#make}.
   *
   * @throws OwnershipLost when this process may no longer act
   */
  void remember(String name, String value);

  /**
   * Why nothing may be changed now by the kill switch; empty when changes may go on. The engine
   * reads it before each {@link Action#make}; one that takes long reads it again every few seconds.
   *
   * @throws InterruptedException when the process is to end; to be passed on
   */
  Optional<String> stopped() throws InterruptedException;

  /** True once the command is cancelled or its ownership is known to be lost: end soon. */
  boolean cancelled();

  /** The rest of the action's deadline or the command's, whichever is less; never negative. */
  Duration remaining();

  Clock clock();
}
