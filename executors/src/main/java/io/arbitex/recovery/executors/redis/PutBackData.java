package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Clean-up: the data that was there before is in its place, however far the move came. A command in
 * a pod runs on when its connection is closed, so the pod that moved is ended first, and only what
 * a pod made after it says of the volume is believed.
 */
final class PutBackData extends RedisAction {
  PutBackData(RedisTarget target) {
    super(target, "put-back-data", "put the old data back", true, Duration.ofMinutes(15), PATIENT);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Look itsInPlace = Look.alreadySo(Map.of(RedisFacts.PUT_BACK, context.command().getCommandId()));
    Optional<String> id = context.fact(RedisFacts.STAGING_ID);
    if (id.isEmpty()) {
      return itsInPlace;
    }
    Staging staging = Staging.onVolume(target, id.get());
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    StatefulSet read = set.read();
    if (GiveClaimBack.isDue(context, read)
        && !GiveClaimBack.mayHaveRun(read)
        && new NewClaim(session, target, GiveClaimBack.kept(read).orElseThrow()).hasNewVolume()) {
      // What is on an empty volume of our own goes with it.
      return itsInPlace;
    }
    boolean noted = new MoveNote(set, staging).isOn(read);
    if (!begun(context) && !(noted && StoppedRedis.isOurs(context, read))) {
      return itsInPlace;
    }
    Optional<String> pod = new WorkPod(session, staging.podPlan()).uid();
    if (pod.isEmpty() || !pod.equals(context.fact(RedisFacts.PUT_BACK_POD))) {
      return Look.notYet("the pod that moved the data may still be at it");
    }
    String state = state(context, session, staging);
    if (!state.isEmpty()) {
      return Look.notYet("the move is at: " + state);
    }
    return noted ? Look.notYet("the note of the move is there") : itsInPlace;
  }

  private static boolean begun(ActionContext context) {
    return context
        .fact(RedisFacts.MOVING)
        .filter(context.command().getCommandId()::equals)
        .isPresent();
  }

  private static String state(ActionContext context, ClusterSession session, Staging staging)
      throws ActionFailure, InterruptedException {
    return VolumeScript.in(session, staging)
        .read(context, RedisTarget.SHORT, "state", staging.folder())
        .strip();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    StoppedRedis stopped = new StoppedRedis(session, target);
    stopped.require(context);
    WorkPod pod = new WorkPod(session, staging.podPlan());
    pod.remove(context);
    pod.ensure(context);
    VolumeScript script = VolumeScript.in(session, staging);
    String folder = target.redis().dataFolder();
    // Bars a process of before that may still send its move into the new pod.
    script.change(context, RedisTarget.SHORT, "claim", staging.folder(), folder);
    Optional<String> uid = pod.uid();
    if (uid.isPresent()) {
      context.remember(RedisFacts.PUT_BACK_POD, uid.get());
    }
    script.change(
        context,
        RedisTarget.LONG,
        "put-back",
        staging.folder(),
        folder,
        PlaceData.layout(target, context));
    String state = state(context, session, staging);
    if (state.isEmpty()) {
      stopped.require(context);
      new MoveNote(new ScaledSet(session, target.redis().statefulSet()), staging).clear(context);
    }
  }
}
