package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;

/** PostgreSQL gave a recovery up; the message has why, in its words. */
public final class RecoveryFailed extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean targetNotReached;

  RecoveryFailed(String message, boolean targetNotReached) {
    super(message);
    this.targetNotReached = targetNotReached;
  }

  /** The archive ended before the target; nothing is known to be damaged. */
  public boolean targetNotReached() {
    return targetNotReached;
  }
}
