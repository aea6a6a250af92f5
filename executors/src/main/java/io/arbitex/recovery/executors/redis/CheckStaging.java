package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What stands on the volume is what was proven, by the sums of its seal. */
final class CheckStaging extends RedisAction {
  CheckStaging(RedisTarget target) {
    super(
        target,
        "check-staging",
        "check that the staged data is what was proven",
        true,
        Duration.ofMinutes(10),
        PATIENT);
  }

  static boolean cold(ActionContext context) {
    return context.fact(RedisFacts.COLD).filter("true"::equals).isPresent();
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (CheckCutover.alreadyStarted(context)) {
      return Look.alreadySo();
    }
    Staging staging = Staging.givenTo(target, context);
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    VolumeScript script = VolumeScript.in(session, staging);
    if (cold(context)) {
      // There is nothing to check, but commands in the pod must work before Redis is stopped.
      script.read(context, RedisTarget.SHORT, "state", staging.folder());
      return Look.alreadySo();
    }
    PodCommand.Result result =
        script.run(context, RedisTarget.LONG, "sealed", List.of(staging.folder()));
    if (result.status() == VolumeScript.CHANGED) {
      throw ActionFailure.permanent(
          FailureCode.PROOF_FAILED,
          "the staged data is not what was proven: " + result.why(),
          "Restore again; see who writes to the folder .recovery of the volume.");
    }
    if (!result.good()) {
      throw VolumeScript.failure("sealed", result);
    }
    return Look.alreadySo(Map.of(RedisFacts.STAGED, staging.folder()));
  }

  /** Only the pod can be missing: it ends by itself while a plan waits for an approval. */
  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    new WorkPod(session, Staging.givenTo(target, context).podPlan()).ensure(context);
  }
}
