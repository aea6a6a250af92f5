package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.util.Optional;

/**
 * Whether a cutover must copy its RDB file to the volume once more: what the restore had prepared
 * went with its pod, or with the volume. It is proven where it will lie before anything is moved.
 */
final class StageAgain {
  private StageAgain() {}

  /** The staging to fill; empty when the restore's own is on the volume, or nothing is restored. */
  static Optional<Staging> where(RedisTarget target, ActionContext context) {
    return !CheckCutover.alreadyStarted(context)
            && !CheckStaging.cold(context)
            && isGone(context, LostVolume.of(context))
        ? Optional.of(Staging.givenTo(target, context))
        : Optional.empty();
  }

  private static boolean isGone(ActionContext context, Optional<LostVolume> lost) {
    return lost.isPresent()
        || context.fact(RedisFacts.STAGED_ASIDE).filter("true"::equals).isPresent();
  }

  /**
   * Whether it will be needed, with what the preflight has just found.
   *
   * @throws ActionFailure PREFLIGHT when it is, and there is no file that it could be copied from
   */
  static boolean isNeeded(ActionContext context, Optional<LostVolume> lost) throws ActionFailure {
    if (CheckStaging.cold(context) || !isGone(context, lost)) {
      return false;
    }
    if (context.fact(RedisFacts.MANIFEST).isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "what was restored from the append-only files went with the volume",
          "Restore again, from an RDB file or cold.");
    }
    return true;
  }
}
