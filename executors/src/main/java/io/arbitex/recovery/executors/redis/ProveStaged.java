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
import java.util.Optional;
import java.util.function.Function;

/** The staged file is whole on the volume, and a Redis has loaded every key of it. */
final class ProveStaged extends RedisAction {
  private final StageRdb stage;
  private final Function<ActionContext, Optional<Staging>> where;

  /**
   * @param stage what puts it there again, where it went with its pod since
   * @param where empty when there is nothing to do
   */
  private ProveStaged(
      RedisTarget target,
      String name,
      StageRdb stage,
      Function<ActionContext, Optional<Staging>> where) {
    super(
        target,
        name,
        "load the staged data into a throw-away server",
        true,
        Duration.ofMinutes(15),
        PATIENT);
    this.stage = stage;
    this.where = where;
  }

  /** Of a restore. */
  static ProveStaged beside(RedisTarget target) {
    return new ProveStaged(
        target,
        "prove-staged",
        StageRdb.beside(target),
        context -> Optional.of(Staging.madeBy(target, context)));
  }

  /** Of a cutover that had to stage again. */
  static ProveStaged again(RedisTarget target) {
    return new ProveStaged(
        target,
        "prove-again",
        StageRdb.again(target),
        context -> StageAgain.where(target, context));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<Staging> here = where.apply(context);
    return here.isPresent() ? look(context, session, here.get()) : Look.alreadySo();
  }

  private Look look(ActionContext context, ClusterSession session, Staging staging)
      throws ActionFailure, InterruptedException {
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
    Staging staging = where.apply(context).orElseThrow();
    new WorkPod(session, staging.podPlan()).ensure(context);
    stage.ensure(context, session, staging);
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
