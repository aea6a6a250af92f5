package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;

/**
 * Pauses one rival, and lets it go on. A note on its object says whose pause it is: one that
 * somebody else has paused before stays paused when the recovery is over.
 */
public final class RivalPause {
  private final ClusterSession session;
  private final Rival rival;

  public RivalPause(ClusterSession session, Rival rival) {
    this.session = session;
    this.rival = rival;
  }

  /** Whether it is paused, by whomever. */
  public boolean isPaused() throws ActionFailure, InterruptedException {
    return isPaused(rival.object(session).read());
  }

  private boolean isPaused(GenericKubernetesResource read) {
    return OwnedObject.note(read, rival.annotation()).equals(Optional.of(rival.value()));
  }

  public void pause(ActionContext context) throws ActionFailure, InterruptedException {
    rival
        .object(session)
        .change(
            context,
            (read, patch) -> {
              if (isPaused(read)) {
                return false;
              }
              patch.note(rival.annotation(), rival.value());
              patch.note(RecoveryNotes.PAUSED_BY, context.command().getCommandId());
              return true;
            });
  }

  /** Whether this command's pause still holds it. */
  public boolean holds(ActionContext context) throws ActionFailure, InterruptedException {
    return rival.object(session).find().filter(read -> isOurs(context, read)).isPresent();
  }

  private static boolean isOurs(ActionContext context, GenericKubernetesResource read) {
    return OwnedObject.note(read, RecoveryNotes.PAUSED_BY)
        .equals(Optional.of(context.command().getCommandId()));
  }

  /** Takes this command's pause back. */
  public void release(ActionContext context) throws ActionFailure, InterruptedException {
    rival
        .object(session)
        .change(
            context,
            (read, patch) -> {
              if (!isOurs(context, read)) {
                return false;
              }
              patch.without(rival.annotation());
              patch.without(RecoveryNotes.PAUSED_BY);
              return true;
            });
  }
}
