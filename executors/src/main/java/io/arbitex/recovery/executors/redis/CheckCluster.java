package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.SetPreflight;
import java.time.Duration;
import java.util.Map;

/** Preflight: the cluster answers, we may do what we must, and nobody fights a scale-down. */
final class CheckCluster extends RedisAction {
  CheckCluster(RedisTarget target) {
    super(
        target,
        "check-cluster",
        "check the cluster, the StatefulSet and its claim",
        false,
        Duration.ofMinutes(3),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    int replicas =
        new SetPreflight(
                session,
                target.redis().statefulSet(),
                target.redis().claim(),
                target.redis().dataFolder())
            .check();
    return Look.alreadySo(Map.of(RedisFacts.REPLICAS, Integer.toString(replicas)));
  }
}
