package io.arbitex.recovery.executors;

import io.arbitex.recovery.engine.Action;
import io.arbitex.recovery.engine.RetryPolicy;
import java.time.Duration;

/** What an action says of itself, in one place; an action only adds how it looks and makes. */
public abstract class BoundAction implements Action {
  private final String name;
  private final String intention;
  private final boolean changesWorld;
  private final Duration deadline;
  private final RetryPolicy retry;

  /**
   * @param intention what it does, for people
   */
  protected BoundAction(
      String name, String intention, boolean changesWorld, Duration deadline, RetryPolicy retry) {
    this.name = name;
    this.intention = intention;
    this.changesWorld = changesWorld;
    this.deadline = deadline;
    this.retry = retry;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String intention() {
    return intention;
  }

  @Override
  public final boolean changesWorld() {
    return changesWorld;
  }

  @Override
  public final Duration deadline() {
    return deadline;
  }

  @Override
  public final RetryPolicy retry() {
    return retry;
  }
}
