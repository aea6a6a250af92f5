package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.NoSuchCluster;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Opens sessions with the cluster that the platform is bound to. The kubeconfig is read anew each
 * time, so a token that was rotated while a recovery runs counts from the next action on.
 */
public final class ClusterAccess {
  private final Kubernetes settings;

  public ClusterAccess(Kubernetes settings) {
    this.settings = settings;
  }

  /**
   * Opens a session; nothing is sent yet.
   *
   * @throws ActionFailure PREFLIGHT when the kubeconfig cannot be had or is none;
   *     TARGET_UNREACHABLE when Azure says that the cluster is gone
   */
  public ClusterSession open() throws ActionFailure, InterruptedException {
    try {
      return new ClusterSession(ClusterClients.open(settings), settings.namespace());
    } catch (NoSuchCluster e) {
      throw new ActionFailure(
          FailureCode.TARGET_UNREACHABLE,
          e.getMessage(),
          "See who deleted it; its name is the binding's, its resource group the inventory's or"
              + " the binding's.",
          true,
          e);
    } catch (InterruptedIOException e) {
      // Its mark is set; it is passed on as an exception instead.
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT, e.getMessage(), hint(), settings.bound().isPresent(), e);
    }
  }

  private String hint() {
    return settings.bound().isPresent()
        ? "See whether Azure answers, and whether the executor has the role that docs/azure.md names"
            + " for the credentials of clusters."
        : "Put a kubeconfig to where 'kubernetes.kubeconfig' of the inventory points, with the"
            + " context that 'kubernetes.context' names.";
  }
}
