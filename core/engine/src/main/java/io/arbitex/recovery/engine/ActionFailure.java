package io.arbitex.recovery.engine;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;

/**
 * An action met an error that it knows. Any other exception out of an action counts as {@link
 * FailureCode#UNKNOWN}: not tried again, escalated.
 */
public final class ActionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final String hint;
  private final boolean retryable;

  /**
   * @param message what happened, with its cause, in one line, without secrets
   * @param hint what a person should do next
   * @param retryable whether the same try may succeed a little later
   */
  public ActionFailure(
      FailureCode code, String message, String hint, boolean retryable, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.hint = hint;
    this.retryable = retryable;
  }

  /** An error that another try does not mend. */
  public static ActionFailure permanent(FailureCode code, String message, String hint) {
    return new ActionFailure(code, message, hint, false, null);
  }

  /** An error that may be gone a little later. */
  public static ActionFailure passing(FailureCode code, String message, String hint) {
    return new ActionFailure(code, message, hint, true, null);
  }

  static ActionFailure unknown(String action, RuntimeException cause) {
    return new ActionFailure(
        FailureCode.UNKNOWN,
        action + " met an error that it does not know: " + cause,
        "Look into the executor's log; nothing further is done by itself.",
        false,
        cause);
  }

  public FailureCode code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  public boolean retryable() {
    return retryable;
  }

  StepError toError() {
    return new StepError(code, getMessage(), hint, "");
  }
}
