package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Optional;

/** The claim that was made anew got a volume that was made for it, and the lost one is not back. */
final class CheckNewVolume extends RedisAction {
  CheckNewVolume(RedisTarget target) {
    super(
        target,
        "check-new-volume",
        "check that the new claim has a new volume",
        false,
        Duration.ofMinutes(2),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    require(session, target);
    return Look.alreadySo();
  }

  /**
   * Asked once more right before Redis is started.
   *
   * @throws ActionFailure NOT_CONFIRMED when there is data that is newer than what is restored
   */
  static void require(ClusterSession session, RedisTarget target)
      throws ActionFailure, InterruptedException {
    StatefulSet read = new ScaledSet(session, target.redis().statefulSet()).read();
    Optional<LostVolume> lost = GiveClaimBack.kept(read);
    if (lost.isPresent()) {
      RenewClaim.refuseIfItIsBack(session, lost.get());
      new NewClaim(session, target, lost.get()).requireNewVolume();
    }
  }
}
