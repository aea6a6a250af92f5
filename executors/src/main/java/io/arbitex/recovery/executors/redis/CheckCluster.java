package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.SetPreflight;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Preflight: the cluster answers, we may do what we must, and nobody fights a scale-down. */
final class CheckCluster extends RedisAction {
  private final boolean needsVolume;

  /**
   * @param needsVolume whether there is nothing to restore from but what is on the volume
   */
  CheckCluster(RedisTarget target, boolean needsVolume) {
    super(
        target,
        "check-cluster",
        "check the cluster, the StatefulSet and its claim",
        false,
        Duration.ofMinutes(3),
        PATIENT);
    this.needsVolume = needsVolume;
  }

  /**
   * Looks at all that can be known before anything is touched.
   *
   * @return the replicas to come back to
   */
  static int replicas(ClusterSession session, RedisTarget target, boolean withoutVolume)
      throws ActionFailure, InterruptedException {
    SetPreflight preflight =
        new SetPreflight(
            session,
            target.redis().statefulSet(),
            target.redis().claim(),
            target.redis().dataFolder());
    return withoutVolume ? preflight.checkWithoutVolume() : preflight.check();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<LostVolume> lost = needsVolume ? Optional.empty() : LostVolume.find(session, target);
    Map<String, String> facts = new LinkedHashMap<>(LostVolume.facts(lost));
    facts.put(RedisFacts.REPLICAS, Integer.toString(replicas(session, target, lost.isPresent())));
    facts.put(RedisFacts.STAGED_ASIDE, Boolean.toString(lost.isPresent()));
    if (lost.isPresent()) {
      context.progress(
          "the volume "
              + lost.get().name()
              + " of Redis is gone; its cutover makes a new, empty one for the claim "
              + target.redis().claim());
    }
    return Look.alreadySo(facts);
  }
}
