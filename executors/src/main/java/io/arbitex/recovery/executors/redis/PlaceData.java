package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import java.time.Duration;
import java.util.Map;

/**
 * The old data is aside, the proven in its place. The state of the move stands on the volume, so
 * that one that was cut is gone on with, or undone, from where it was cut.
 */
final class PlaceData extends RedisAction {
  private static final String PLACED = "placed";

  PlaceData(RedisTarget target) {
    super(
        target,
        "place-data",
        "put the old data aside and the restored in its place",
        true,
        Duration.ofMinutes(15),
        PATIENT);
  }

  static String layout(RedisTarget target, ActionContext context) {
    return CheckStaging.cold(context) ? RedisFacts.COLD : target.mode();
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
    String state =
        VolumeScript.in(session, staging)
            .read(context, RedisTarget.SHORT, "state", staging.folder())
            .strip();
    return state.equals(PLACED)
        ? Look.alreadySo(Map.of(RedisFacts.OLD_DATA, staging.oldData()))
        : Look.notYet(state.isEmpty() ? "no data was moved yet" : "the move is at: " + state);
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    StoppedRedis stopped = new StoppedRedis(session, target);
    stopped.require(context);
    new WorkPod(session, staging.podPlan()).ensure(context);
    VolumeScript script = VolumeScript.in(session, staging);
    String folder = target.redis().dataFolder();
    // Moves nothing: as long as commands in the pod are refused, there is nothing to put back.
    script.change(context, RedisTarget.SHORT, "claim", staging.folder(), folder);
    context.remember(RedisFacts.MOVING, context.command().getCommandId());
    new MoveNote(new ScaledSet(session, target.redis().statefulSet()), staging).set(context);
    script.change(
        context, RedisTarget.LONG, "place", staging.folder(), folder, layout(target, context));
    stopped.require(context);
  }
}
