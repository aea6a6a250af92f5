package io.arbitex.recovery.executors.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.management.exception.ManagementException;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** What a refusal of Azure means for the step that met it. */
final class AzureErrors {
  /** Somebody else's operation, or one of ours that has just ended, is still on the resource. */
  private static final Set<String> BUSY = Set.of("ServerIsBusy", "AnotherOperationInProgress");

  /** The moment cannot be restored; another moment may. */
  private static final String MOMENT = "PointInTime";

  private static final String NO_BACKUP = "NoBackupAvailable";

  private AzureErrors() {}

  /**
   * The failure of an action.
   *
   * @param doing what was tried, as the begin of a sentence
   * @throws InterruptedException when the request ended because the thread was interrupted
   */
  static ActionFailure of(String doing, RuntimeException error) throws InterruptedException {
    if (causedBy(error, InterruptedException.class)) {
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException("interrupted in: " + doing);
      interrupted.initCause(error);
      throw interrupted;
    }
    if (causedBy(error, ClientAuthenticationException.class)) {
      return failure(
          FailureCode.AUTHENTICATION,
          doing + ": Azure does not know who is asking: " + line(error),
          "Renew the credential that azure.credential of the inventory names.",
          false,
          error);
    }
    int status = status(error);
    String said = doing + ": " + said(error);
    return switch (status) {
      case 401, 403 ->
          failure(
              FailureCode.AUTHENTICATION,
              said,
              "Give the pipeline's identity the role that docs/azure.md names for this.",
              false,
              error);
      case 404 ->
          failure(
              FailureCode.PREFLIGHT,
              said,
              "See whether it was deleted or renamed; the names are in the inventory.",
              false,
              error);
      case 409 ->
          code(error).filter(BUSY::contains).isPresent()
              ? failure(
                  FailureCode.TARGET_UNREACHABLE,
                  said,
                  "Nothing, if it passes: Azure is still working on it.",
                  true,
                  error)
              : failure(FailureCode.PREFLIGHT, said, "See who uses that name.", false, error);
      case 408, 429, 500, 502, 503, 504 -> unreachable(said, error);
      case 400, 405, 412, 422 -> refused(said, error);
      default ->
          status == 0
                  && (causedBy(error, IOException.class) || causedBy(error, TimeoutException.class))
              ? unreachable(doing + ": Azure does not answer: " + line(error), error)
              : failure(
                  FailureCode.UNKNOWN,
                  said,
                  "Look into the executor's log; nothing further is done by itself.",
                  false,
                  error);
    };
  }

  private static ActionFailure refused(String said, RuntimeException error) {
    Optional<String> code = code(error);
    return code.filter(each -> each.startsWith(MOMENT) || each.equals(NO_BACKUP)).isPresent()
        ? failure(
            FailureCode.NO_RESTORE_POINT,
            said,
            "Azure's backups do not hold that moment; see the retention of the server.",
            false,
            error)
        : failure(FailureCode.TOOL_FAILED, said, "See what Azure objects to.", false, error);
  }

  private static ActionFailure unreachable(String said, RuntimeException error) {
    return failure(
        FailureCode.TARGET_UNREACHABLE,
        said,
        "See the status of Azure's Resource Manager, and the way to it from the executor.",
        true,
        error);
  }

  /** The error's code, as Azure names it. */
  static Optional<String> code(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ManagementException known && known.getValue() != null) {
        return Optional.ofNullable(known.getValue().getCode());
      }
    }
    return Optional.empty();
  }

  /** The HTTP status; 0 when there was no answer. */
  static int status(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof HttpResponseException known && known.getResponse() != null) {
        return known.getResponse().getStatusCode();
      }
    }
    return 0;
  }

  private static String said(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof ManagementException known && known.getValue() != null) {
        return "HTTP %d, %s: %s"
            .formatted(
                status(error), known.getValue().getCode(), first(known.getValue().getMessage()));
      }
    }
    return "HTTP " + status(error) + ", " + line(error);
  }

  private static String line(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : first(root.getMessage());
  }

  private static String first(String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }

  private static boolean causedBy(Throwable error, Class<? extends Throwable> type) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  private static ActionFailure failure(
      FailureCode code, String message, String hint, boolean retryable, Throwable cause) {
    return new ActionFailure(code, message, hint, retryable, cause);
  }
}
