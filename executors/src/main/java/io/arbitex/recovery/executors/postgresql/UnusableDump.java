package io.arbitex.recovery.executors.postgresql;

/** A dump is not to be used; the message says why, as the end of a sentence about it. */
final class UnusableDump extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableDump(String reason) {
    super(reason);
  }
}
