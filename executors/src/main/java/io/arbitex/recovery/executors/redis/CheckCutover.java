package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.executors.kubernetes.SetPreflight;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Preflight: the cluster as for the restore, and no later cutover has happened. A Redis that was
 * started on this very staging by an earlier attempt is not stopped again: it takes writes.
 */
final class CheckCutover extends RedisAction {
  private final Supplier<Optional<Bound>> bound;

  CheckCutover(RedisTarget target, Supplier<Optional<Bound>> bound) {
    super(
        target,
        "check-cluster",
        "check the cluster, the StatefulSet and its claim",
        false,
        Duration.ofMinutes(3),
        PATIENT);
    this.bound = bound;
  }

  static boolean alreadyStarted(ActionContext context) {
    return context.fact(RedisFacts.ALREADY_STARTED).filter("true"::equals).isPresent();
  }

  static int replicas(ActionContext context) throws ActionFailure {
    return SetPreflight.parse(context.required(RedisFacts.REPLICAS));
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Staging staging = Staging.givenTo(target, context);
    Optional<LostVolume> lost = LostVolume.find(session, target);
    int replicas = CheckCluster.replicas(session, target, lost.isPresent());
    ScaledSet scaled = new ScaledSet(session, target.redis().statefulSet());
    StatefulSet set = scaled.read();
    new MoveNote(scaled, staging).refuseForeign(set);
    // One that was lost again since is not there to be looked at: all is done once more.
    boolean already =
        lost.isEmpty()
            && ScaledSet.wanted(set) > 0
            && ScaledSet.note(set, RecoveryNotes.STARTED_FROM)
                .filter(staging.id()::equals)
                .isPresent();
    boolean gone = StageAgain.isGone(context, set) || lost.isPresent();
    if (!already && gone) {
      StageAgain.requireSource(context);
    }
    long epoch = Long.parseLong(context.required(RedisFacts.SOURCE_EPOCH));
    long known = bound.get().map(Bound::epoch).orElse(epoch);
    if (!already && known > epoch) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "a later cutover has happened: the binding is at epoch "
              + known
              + ", the command was made for "
              + epoch,
          "Nothing, if that cutover was right.");
    }
    if (already) {
      context.progress("Redis runs on this restore already; only looks whether all is well");
    }
    Map<String, String> facts = new LinkedHashMap<>(LostVolume.facts(lost));
    facts.put(RedisFacts.REPLICAS, Integer.toString(replicas));
    facts.put(RedisFacts.STAGED_ASIDE, Boolean.toString(gone));
    facts.put(RedisFacts.ALREADY_STARTED, Boolean.toString(already));
    facts.put(RedisFacts.EPOCH, Long.toString(already && known > epoch ? known : epoch + 1));
    return Look.alreadySo(facts);
  }
}
