package io.arbitex.recovery.schemas;

/**
 * Bytes that are no record of this catalogue; they belong among the dead letters, with this
 * message.
 */
public final class UndecodableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UndecodableRecord(String message) {
    super(message);
  }

  public UndecodableRecord(String message, Throwable cause) {
    super(message, cause);
  }
}
