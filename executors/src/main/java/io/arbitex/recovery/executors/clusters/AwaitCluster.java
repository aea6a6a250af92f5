package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The target's API answers, by credentials of its own, and as many nodes are ready as are due. */
final class AwaitCluster extends ClusterAction {
  private static final Duration LIMIT = Duration.ofMinutes(15);

  AwaitCluster(ClusterTarget target) {
    super(
        target,
        "await-nodes",
        "wait until the cluster answers and its nodes are ready",
        false,
        LIMIT.plusMinutes(1));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    int due = target.cluster().nodes();
    long[] ready = new long[1];
    try (ClusterSession session = target.session(context)) {
      Optional<String> lack = Patience.await(context, LIMIT, () -> lack(session, due, ready));
      if (lack.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.TARGET_UNREACHABLE,
            "the cluster " + target.name(context) + " cannot be used: " + lack.get(),
            "See the cluster and its node pools in Azure.");
      }
    }
    return Look.alreadySo(Map.of(ClusterFacts.NODES, Long.toString(ready[0])));
  }

  private static Optional<String> lack(ClusterSession session, int due, long[] ready)
      throws ActionFailure, InterruptedException {
    try {
      session.ask("get /readyz", client -> client.raw("/readyz"));
      ready[0] = ClusterContents.readyNodes(session);
      return ready[0] >= due
          ? Optional.empty()
          : Optional.of(ready[0] + " of " + due + " nodes are ready");
    } catch (ActionFailure e) {
      if (!e.retryable()) {
        throw e;
      }
      return Optional.of(e.getMessage());
    }
  }
}
