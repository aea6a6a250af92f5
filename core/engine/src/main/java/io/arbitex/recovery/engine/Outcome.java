package io.arbitex.recovery.engine;

/** How an execution ended. */
public enum Outcome {
  DONE,
  FAILED,
  CANCELLED,
  /** Nothing was begun. */
  REFUSED,
  /** Another process goes on with it; this one must not. */
  OWNERSHIP_LOST
}
