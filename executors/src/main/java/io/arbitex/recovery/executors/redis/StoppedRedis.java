package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.ScaledSet;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.Optional;

/**
 * Redis while this cutover holds it at 0 replicas. Somebody who scales it in the meantime is seen
 * and not fought: they may know better, and two who scale against each other start a Redis on half
 * of its data.
 */
final class StoppedRedis {
  private static final Duration GONE = Duration.ofMinutes(8);

  private final ScaledSet set;

  StoppedRedis(ClusterSession session, RedisTarget target) {
    this.set = new ScaledSet(session, target.redis().statefulSet());
  }

  /** Whether it is scaled to 0 by this command, and no pod is left. */
  boolean holds(ActionContext context) throws ActionFailure, InterruptedException {
    StatefulSet read = set.read();
    return isOurs(context, read) && ScaledSet.wanted(read) == 0 && set.pods(read).isEmpty();
  }

  /**
   * Refuses to touch the volume of a Redis that may run.
   *
   * @throws ActionFailure NOT_CONFIRMED when it does not stand still by this command
   */
  void require(ActionContext context) throws ActionFailure, InterruptedException {
    StatefulSet read = set.read();
    refuseIfScaled(context, read);
    if (!set.pods(read).isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.NOT_CONFIRMED,
          read.getMetadata().getName() + " has a pod, although it is scaled to 0",
          "See who made it; nothing on the volume is moved while it runs.");
    }
  }

  /** Waits until no pod is left. */
  void awaitGone(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            GONE,
            () -> {
              StatefulSet read = set.read();
              refuseIfScaled(context, read);
              int pods = set.pods(read).size();
              return pods == 0 ? Optional.empty() : Optional.of(pods + " pods are still there");
            });
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED,
          "Redis does not end: " + left.get(),
          "See whether its node is alive; a pod on a lost node stays until the node is removed.");
    }
  }

  private static void refuseIfScaled(ActionContext context, StatefulSet read) throws ActionFailure {
    if (!isOurs(context, read) || ScaledSet.wanted(read) != 0) {
      throw scaledBySomebody(read);
    }
  }

  /** Its old number of replicas is noted, by this command. */
  static boolean isOurs(ActionContext context, StatefulSet read) throws ActionFailure {
    return ScaledSet.note(read, RecoveryNotes.REPLICAS).isPresent()
        && ScaledSet.owner(read)
            .map(OwnerMark::command)
            .filter(context.command().getCommandId()::equals)
            .isPresent();
  }

  static ActionFailure scaledBySomebody(StatefulSet read) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "somebody scaled "
            + read.getMetadata().getName()
            + " to "
            + ScaledSet.wanted(read)
            + " in the middle of the cutover",
        "Find out who and why, pause them, see in which state Redis and the folder .recovery of its"
            + " volume are, then retry.");
  }
}
