package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.SetPreflight;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Redis is scaled to 0 and its pod is gone. How many replicas there were goes into the journal
 * first, and into an annotation by the very patch that scales; a 0 never overwrites it. A dump.rdb
 * that lies there is kept under another name first.
 */
final class StopRedis extends RedisAction {
  private final RedisJudge judge;
  private final boolean onlyWithoutVolume;

  private StopRedis(RedisTarget target, String name, boolean onlyWithoutVolume) {
    super(target, name, "stop Redis", true, Duration.ofMinutes(10), PATIENT);
    this.judge = new RedisJudge(target);
    this.onlyWithoutVolume = onlyWithoutVolume;
  }

  /** As late as it can be, when all is prepared on the volume. */
  static StopRedis of(RedisTarget target) {
    return new StopRedis(target, "stop-redis", false);
  }

  /** Before the claim of a lost volume is made anew: its pod would start on the empty one. */
  static StopRedis withoutVolume(RedisTarget target) {
    return new StopRedis(target, "stop-without-volume", true);
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    boolean isNotDue = onlyWithoutVolume && LostVolume.of(context).isEmpty();
    return isNotDue
            || CheckCutover.alreadyStarted(context)
            || new StoppedRedis(session, target).holds(context)
        ? Look.alreadySo(
            Map.of(RedisFacts.REPLICAS, Integer.toString(CheckCutover.replicas(context))))
        : Look.notYet("Redis is not stopped by this cutover");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ScaledSet set = new ScaledSet(session, target.redis().statefulSet());
    StatefulSet before = set.read();
    MoveNote note = new MoveNote(set, Staging.givenTo(target, context));
    note.refuseForeign(before);
    if (ScaledSet.wanted(before) > 0) {
      // Minutes or a crash may lie between the first look and now, whatever it said.
      judge.judge(context, session);
      if (!onlyWithoutVolume) {
        keepDump(context, session);
      }
    }
    String replicas = Integer.toString(oldReplicas(before));
    context.remember(RedisFacts.REPLICAS, replicas);
    context.remember(RedisFacts.STOP_BEGUN, "true");
    OwnerMark mine = OwnerMark.of(context);
    set.change(
        context,
        (read, patch) -> {
          if (ScaledSet.wanted(read) > 0 && StoppedRedis.isOurs(context, read)) {
            throw StoppedRedis.scaledBySomebody(read);
          }
          note.refuseForeign(read);
          oldReplicas(read);
          patch.replicas(0).note(RecoveryNotes.REPLICAS, replicas);
          if (ScaledSet.wanted(read) > 0) {
            // It ran on the claim that is there, whoever made it: there is none to give back.
            patch.without(RecoveryNotes.CLAIM_BEFORE).without(RecoveryNotes.CLAIM_GENERATION);
          }
          if (MoveNote.of(read).equals(ScaledSet.note(read, RecoveryNotes.STARTED_FROM))) {
            // Started, so moved whole: what is there is no half-moved data, but its own.
            patch.without(RecoveryNotes.MOVING);
          }
          patch.note(RecoveryNotes.OWNER, mine.text());
          return true;
        });
    context.progress("scaled " + target.redis().statefulSet() + " from " + replicas + " to 0");
    new StoppedRedis(session, target).awaitGone(context);
  }

  private void keepDump(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    String file =
        staging.folder() + "/kept/dump-" + context.command().getIssuedAt().toEpochMilli() + ".rdb";
    new WorkPod(session, staging.podPlan()).ensure(context);
    String said =
        VolumeScript.in(session, staging)
            .change(
                context,
                RedisTarget.LONG,
                "keep",
                staging.folder(),
                target.redis().dataFolder(),
                file);
    if (!said.isBlank()) {
      context.remember(RedisFacts.KEPT_DUMP, file);
      context.progress("dump.rdb as it was before Redis is stopped is kept as " + file);
    }
  }

  private static int oldReplicas(StatefulSet read) throws ActionFailure {
    int wanted = ScaledSet.wanted(read);
    if (wanted > 0) {
      return wanted;
    }
    Optional<String> noted = ScaledSet.note(read, RecoveryNotes.REPLICAS);
    if (noted.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "somebody scaled " + read.getMetadata().getName() + " to 0 before the cutover did",
          "Find out who and why; scale it to 1 when it may run again, then retry.");
    }
    return SetPreflight.parse(noted.get());
  }
}
