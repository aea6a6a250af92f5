package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.checks.RestorePointManifest.Found;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodCommand;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A copy of the append-only files of the living Redis, taken back to just before it was bad, and
 * proven by a server that loads it. The moment of the first bad observation is later than the
 * mistake by some seconds, so the target is stepped back until the keys are there.
 */
final class StageAof extends RedisAction {
  /** Seconds before the first bad observation. */
  private static final List<Long> STEPS = List.of(1L, 2L, 4L, 8L, 16L, 32L);

  StageAof(RedisTarget target) {
    super(
        target,
        "stage-aof",
        "take a copy of the append-only files back to before it was bad",
        true,
        Duration.ofMinutes(30),
        PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.madeBy(target, context);
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    VolumeScript script = VolumeScript.in(session, staging);
    PodCommand.Result result =
        script.run(context, RedisTarget.LONG, "sealed", List.of(staging.folder()));
    if (result.status() == VolumeScript.CHANGED) {
      return Look.notYet("it is not proven: " + result.why());
    }
    if (!result.good()) {
      throw VolumeScript.failure("sealed", result);
    }
    Seal seal = Seal.parse(result.output());
    return Look.alreadySo(
        Map.of(
            RedisFacts.STAGING_ID,
            staging.id(),
            RedisFacts.STAGED,
            staging.folder(),
            RedisFacts.KEYS,
            Long.toString(seal.keys()),
            RedisFacts.LOADED,
            Long.toString(seal.loaded())));
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (!target.redis().appendOnly()) {
      throw nothing("it runs without an append-only file");
    }
    Staging staging = Staging.madeBy(target, context);
    new WorkPod(session, staging.podPlan()).ensure(context);
    context.remember(RedisFacts.STAGING_ID, staging.id());
    VolumeScript script = VolumeScript.in(session, staging);
    String folder = target.redis().dataFolder();
    script.change(context, RedisTarget.SHORT, "prepare", staging.folder(), folder, "0", "0");
    script.change(context, RedisTarget.LONG, "copy-aof", staging.folder(), folder);
    long badSince = Instant.parse(context.required(RedisFacts.BAD_SINCE)).getEpochSecond();
    long least = least(context);
    List<String> tried = new ArrayList<>();
    for (long step : STEPS) {
      Instant moment = Instant.ofEpochSecond(badSince - step);
      script.change(
          context,
          RedisTarget.LONG,
          "truncate-aof",
          staging.folder(),
          Long.toString(moment.getEpochSecond()));
      StagedLoad load = StagedLoad.of(context, script, staging);
      if (load.keys() >= least) {
        context.remember(RedisFacts.AOF_TARGET, moment.toString());
        context.progress("at the end of " + moment + " it had " + load.keys() + " keys");
        Seal.write(context, script, staging, load);
        return;
      }
      tried.add(load.keys() + " keys at " + moment);
      context.progress("too few: " + tried.get(tried.size() - 1));
    }
    throw nothing("it never had " + least + " keys: " + String.join(", ", tried));
  }

  /** As many as tell a Redis that has its data, by the newest RDB file of before. */
  private long least(ActionContext context) {
    return new RdbPoints(target, context)
        .candidates().stream()
            .map(Found::point)
            .map(RdbPoints::keys)
            .filter(OptionalLong::isPresent)
            .mapToLong(OptionalLong::getAsLong)
            .findFirst()
            .stream()
            .map(keys -> (long) Math.ceil(keys * target.redis().collapse()))
            .map(keys -> Math.max(1, keys))
            .findFirst()
            .orElse(1L);
  }

  private static ActionFailure nothing(String why) {
    return ActionFailure.permanent(
        FailureCode.NO_RESTORE_POINT,
        "the append-only file gives nothing to go back to: " + why,
        "Nothing; the next procedure is tried.");
  }
}
