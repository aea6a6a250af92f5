package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import java.time.Duration;

/** An action that looks and makes through a session with the cluster, one for each. */
abstract class VolumeAction extends BoundAction {
  /** For requests that may pass: an API server that is being upgraded is away for a minute. */
  private static final RetryPolicy PATIENT =
      RetryPolicy.upTo(8, Duration.ofMillis(500), Duration.ofSeconds(15));

  final VolumeTarget target;

  VolumeAction(
      VolumeTarget target, String name, String intention, boolean changesWorld, Duration deadline) {
    super(name, intention, changesWorld, deadline, PATIENT);
    this.target = target;
  }

  @Override
  public final Look look(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.access().open()) {
      return look(context, session);
    }
  }

  @Override
  public final void make(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.access().open()) {
      make(context, session);
    }
  }

  abstract Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException;

  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    throw new UnsupportedOperationException(name() + " does not change the world");
  }
}
