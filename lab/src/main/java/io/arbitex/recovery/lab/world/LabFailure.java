package io.arbitex.recovery.lab.world;

/** The lab cannot go on; the message says what happened and what to do. */
public final class LabFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LabFailure(String message) {
    super(message);
  }

  public LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
