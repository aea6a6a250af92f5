package io.arbitex.recovery.engine;

/**
 * The journal refused a write, because another process owns the command now. Whoever meets it must
 * not touch the world again on behalf of that command.
 */
public final class OwnershipLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OwnershipLost(String message, Throwable cause) {
    super(message, cause);
  }
}
