package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;

/**
 * Opens sessions with the cluster. The kubeconfig is read anew each time, so a token that was
 * rotated while a recovery runs counts from the next action on.
 */
public final class ClusterAccess {
  private final Kubernetes settings;

  public ClusterAccess(Kubernetes settings) {
    this.settings = settings;
  }

  /**
   * Opens a session; nothing is sent yet.
   *
   * @throws ActionFailure PREFLIGHT when the kubeconfig cannot be read or is none
   */
  public ClusterSession open() throws ActionFailure {
    try {
      return new ClusterSession(ClusterClients.open(settings), settings.namespace());
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          e.getMessage(),
          "Put a kubeconfig to where 'kubernetes.kubeconfig' of the inventory points, with the"
              + " context that 'kubernetes.context' names.",
          false,
          e);
    }
  }
}
