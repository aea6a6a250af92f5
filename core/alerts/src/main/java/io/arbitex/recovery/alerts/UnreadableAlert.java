package io.arbitex.recovery.alerts;

/** A whole message that is not what its sender should send; the reason is one line. */
public final class UnreadableAlert extends Exception {
  private static final long serialVersionUID = 1L;

  public UnreadableAlert(String reason) {
    super(reason);
  }

  public UnreadableAlert(String reason, Throwable cause) {
    super(reason, cause);
  }
}
