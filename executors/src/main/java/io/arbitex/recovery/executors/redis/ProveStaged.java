package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.redis.RdbCheck;
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

/** The staged file is whole on the volume, and a Redis has loaded every key of it. */
final class ProveStaged extends RedisAction {
  ProveStaged(RedisTarget target) {
    super(
        target,
        "prove-staged",
        "load the staged data into a throw-away server",
        true,
        Duration.ofMinutes(15),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.madeBy(target, context.command());
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    PodCommand.Result result =
        VolumeScript.in(session, staging)
            .run(context, RedisTarget.LONG, "sealed", List.of(staging.folder()));
    if (result.status() == VolumeScript.CHANGED) {
      return Look.notYet("it is not proven: " + result.why());
    }
    if (!result.good()) {
      throw VolumeScript.failure("sealed", result);
    }
    return Look.alreadySo(
        Map.of(
            RedisFacts.STAGED,
            staging.folder(),
            RedisFacts.LOADED,
            context.required(RedisFacts.KEYS)));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.madeBy(target, context.command());
    new WorkPod(session, staging.podPlan()).ensure(context);
    VolumeScript script = VolumeScript.in(session, staging);
    long keys = Long.parseLong(context.required(RedisFacts.KEYS));
    long checked =
        RdbCheck.keys(
                script.read(
                    context, RedisTarget.LONG, "check-rdb", staging.folder(), target.mode()))
            .orElse(-1L);
    if (checked != keys) {
      throw refused("redis-check-rdb reads " + checked + " keys in the pod, " + keys + " here");
    }
    StagedLoad load = StagedLoad.of(context, script, staging);
    if (load.loaded() != keys) {
      throw refused("a server has loaded " + load.loaded() + " of " + keys + " keys");
    }
    context.progress("a throw-away server has loaded all " + keys + " keys");
    Seal.write(context, script, staging, load);
  }

  private static ActionFailure refused(String message) {
    return ActionFailure.permanent(
        FailureCode.PROOF_FAILED,
        message,
        "See whether the Redis of 'helperImage' is as new as the one that made the file.");
  }
}
