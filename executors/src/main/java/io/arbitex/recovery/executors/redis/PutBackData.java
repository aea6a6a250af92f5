package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import java.time.Duration;
import java.util.Map;

/** Clean-up: the data that was there before is in its place, however far the move came. */
final class PutBackData extends RedisAction {
  PutBackData(RedisTarget target) {
    super(target, "put-back-data", "put the old data back", true, Duration.ofMinutes(15), PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    String command = context.command().getCommandId();
    Look itsInPlace = Look.alreadySo(Map.of(RedisFacts.PUT_BACK, command));
    if (context.fact(RedisFacts.MOVING).filter(command::equals).isEmpty()) {
      return itsInPlace;
    }
    Staging staging = Staging.givenTo(target, context);
    if (!new WorkPod(session, staging.podPlan()).runs()) {
      return Look.notYet("the work pod does not run");
    }
    String state =
        VolumeScript.in(session, staging)
            .read(context, RedisTarget.SHORT, "state", staging.folder())
            .strip();
    return state.isEmpty() ? itsInPlace : Look.notYet("the move is at: " + state);
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    new StoppedRedis(session, target).require(context);
    new WorkPod(session, staging.podPlan()).ensure(context);
    VolumeScript.in(session, staging)
        .change(
            context,
            RedisTarget.LONG,
            "put-back",
            staging.folder(),
            target.redis().dataFolder(),
            PlaceData.layout(target, context));
  }
}
