package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/**
 * What a refusal of the cluster's API means. Codes that are not known here are {@link
 * FailureCode#UNKNOWN}: not tried again, and a person looks.
 */
final class ClusterErrors {
  private ClusterErrors() {}

  /**
   * The failure of an action.
   *
   * @param what the verb and the resource
   * @throws InterruptedException when the request ended because the thread was interrupted
   */
  static ActionFailure of(String what, Throwable error) throws InterruptedException {
    if (causedBy(error, InterruptedException.class)) {
      // The client sets the mark again; it is passed on as an exception instead.
      Thread.interrupted();
      throw interrupted(what, error);
    }
    String said = what + ": " + said(error);
    return switch (code(error)) {
      case 401 ->
          failure(
              FailureCode.AUTHENTICATION,
              said,
              "Renew the credentials in the kubeconfig; it is read anew for each action.",
              false,
              error);
      case 403 ->
          failure(
              FailureCode.AUTHENTICATION,
              said,
              "Let the executor's account do this in the platform's namespace: "
                  + what
                  + " (a Role and a RoleBinding), then retry.",
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
          failure(
              FailureCode.NOT_CONFIRMED,
              said,
              "Nothing, if it passes: somebody else changed it at the same time.",
              true,
              error);
      case 400, 405, 422 ->
          failure(
              FailureCode.TOOL_FAILED,
              said,
              "See which admission rule or schema of the cluster refuses it.",
              false,
              error);
      case 408, 410, 429, 500, 502, 503, 504 -> unreachable(said, error);
      default ->
          causedBy(error, IOException.class) || causedBy(error, TimeoutException.class)
              ? unreachable(said, error)
              : failure(
                  FailureCode.UNKNOWN,
                  said,
                  "Look into the executor's log; nothing further is done by itself.",
                  false,
                  error);
    };
  }

  private static ActionFailure unreachable(String said, Throwable error) {
    return failure(
        FailureCode.TARGET_UNREACHABLE,
        said,
        "See whether the cluster's API server is up and reachable from the executor.",
        true,
        error);
  }

  private static ActionFailure failure(
      FailureCode code, String message, String hint, boolean retryable, Throwable cause) {
    return new ActionFailure(code, message, hint, retryable, cause);
  }

  private static InterruptedException interrupted(String what, Throwable cause) {
    InterruptedException interrupted = new InterruptedException("interrupted in: " + what);
    interrupted.initCause(cause);
    return interrupted;
  }

  /** The HTTP status; 0 for none. That of a refused upgrade, as for an exec, is further down. */
  static int code(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (each instanceof KubernetesClientException known && known.getCode() > 0) {
        return known.getCode();
      }
      if (each instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().code();
      }
    }
    return 0;
  }

  /** The server's own words where there are some: the client's repeat the whole request. */
  private static String said(Throwable error) {
    String words =
        error instanceof KubernetesClientException known
                && known.getStatus() != null
                && known.getStatus().getMessage() != null
            ? known.getStatus().getMessage()
            : root(error);
    int code = code(error);
    return (code > 0 ? "HTTP " + code + ", " : "") + words.lines().findFirst().orElse("");
  }

  private static String root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  static boolean causedBy(Throwable error, Class<? extends Throwable> type) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }
}
