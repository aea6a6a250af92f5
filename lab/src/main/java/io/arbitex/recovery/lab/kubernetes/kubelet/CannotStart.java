package io.arbitex.recovery.lab.kubernetes.kubelet;

/** Why a container does not start yet; it is tried again. */
final class CannotStart extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param reason in one word, as the container's waiting state shows it
   */
  CannotStart(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  CannotStart(String reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
