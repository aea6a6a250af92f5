package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.util.Optional;

/** The set's controller has seen the new number, and as many pods are ready. */
final class AwaitRedis extends RedisAction {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  AwaitRedis(RedisTarget target) {
    super(
        target, "await-redis", "wait until Redis is ready", false, Duration.ofMinutes(15), PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    int replicas = CheckCutover.replicas(context);
    Optional<String> missing = Patience.await(context, PATIENCE, () -> lack(set.read(), replicas));
    return missing.isEmpty() ? Look.alreadySo() : Look.notYet(missing.get());
  }

  private static Optional<String> lack(StatefulSet read, int replicas) throws ActionFailure {
    if (ScaledSet.wanted(read) != replicas) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          "somebody scaled "
              + read.getMetadata().getName()
              + " to "
              + ScaledSet.wanted(read)
              + " while it was starting",
          "Find out who and why; the restored data is in place.");
    }
    StatefulSetStatus status = read.getStatus();
    long seen =
        status == null || status.getObservedGeneration() == null
            ? 0
            : status.getObservedGeneration();
    if (seen < read.getMetadata().getGeneration()) {
      return Optional.of("the controller has not seen the new number of replicas");
    }
    int ready = status.getReadyReplicas() == null ? 0 : status.getReadyReplicas();
    return ready == replicas
        ? Optional.empty()
        : Optional.of(ready + " of " + replicas + " pods are ready");
  }
}
