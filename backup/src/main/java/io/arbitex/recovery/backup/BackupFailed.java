package io.arbitex.recovery.backup;

/** No restore point was made; what was there before is untouched. */
public final class BackupFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  BackupFailed(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  BackupFailed(String message, String hint) {
    this(message, hint, null);
  }

  /** What a person should do. */
  public String hint() {
    return hint;
  }
}
