package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;

/**
 * Whether a cutover must copy its RDB file to the volume once more: what the restore had prepared
 * went with its pod, or with the volume. It is proven where it will lie before anything is moved.
 */
final class StageAgain {
  private StageAgain() {}

  /** The staging to fill; empty when the restore's own is on the volume, or nothing is restored. */
  static Optional<Staging> where(RedisTarget target, ActionContext context) {
    return !CheckCutover.alreadyStarted(context) && !CheckStaging.cold(context) && wasAside(context)
        ? Optional.of(Staging.givenTo(target, context))
        : Optional.empty();
  }

  private static boolean wasAside(ActionContext context) {
    return context.fact(RedisFacts.STAGED_ASIDE).filter("true"::equals).isPresent();
  }

  /** Whether it went with its pod, or with a volume that an attempt before this one replaced. */
  static boolean isGone(ActionContext context, StatefulSet set) {
    return wasAside(context) || ScaledSet.note(set, RecoveryNotes.CLAIM_BEFORE).isPresent();
  }

  /**
   * Asked before Redis is stopped.
   *
   * @throws ActionFailure PREFLIGHT or NO_RESTORE_POINT when there is no file to copy again
   */
  static void requireSource(ActionContext context) throws ActionFailure {
    if (CheckStaging.cold(context)) {
      return;
    }
    if (context.fact(RedisFacts.MANIFEST).isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "what was restored from the append-only files went with the volume",
          "Restore again, from an RDB file or cold.");
    }
    StageRdb.requireFile(context);
  }
}
