package io.arbitex.recovery.lab.azure.operations;

/** An operation ends as Failed; code and message go to the client. */
public final class OperationFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  public OperationFailed(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
