package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;

/**
 * Pauses one rival, and lets it go on. A note on its object says whose pause it is: one that
 * somebody else has paused before stays paused when the recovery is over, and one that an earlier
 * attempt could not let go on is taken over.
 */
public final class RivalPause {
  private final ClusterSession session;
  private final Rival rival;

  public RivalPause(ClusterSession session, Rival rival) {
    this.session = session;
    this.rival = rival;
  }

  /** Whether it is paused, by this command or by somebody who is no recovery. */
  public boolean isPaused(ActionContext context) throws ActionFailure, InterruptedException {
    return isPaused(context, rival.object(session).read());
  }

  private boolean isPaused(ActionContext context, GenericKubernetesResource read) {
    return pauses(read)
        && (isOurs(context, read) || OwnedObject.note(read, RecoveryNotes.PAUSED_BY).isEmpty());
  }

  private boolean pauses(GenericKubernetesResource read) {
    return OwnedObject.note(read, rival.annotation()).equals(Optional.of(Rival.PAUSED));
  }

  public void pause(ActionContext context) throws ActionFailure, InterruptedException {
    rival
        .object(session)
        .change(
            context,
            (read, patch) -> {
              if (isPaused(context, read)) {
                return false;
              }
              if (OwnedObject.note(read, RecoveryNotes.PAUSED_BY).isEmpty()) {
                OwnedObject.note(read, rival.annotation())
                    .ifPresent(before -> patch.note(RecoveryNotes.PAUSED_BEFORE, before));
              }
              patch.note(rival.annotation(), Rival.PAUSED);
              patch.note(RecoveryNotes.PAUSED_BY, context.command().getCommandId());
              return true;
            });
  }

  /** Whether a recovery has paused it, whichever command. */
  public boolean isOfRecovery() throws ActionFailure, InterruptedException {
    return OwnedObject.note(rival.object(session).read(), RecoveryNotes.PAUSED_BY).isPresent();
  }

  /** Whether this command's pause still holds it. */
  public boolean holds(ActionContext context) throws ActionFailure, InterruptedException {
    return rival.object(session).find().filter(read -> isOurs(context, read)).isPresent();
  }

  private static boolean isOurs(ActionContext context, GenericKubernetesResource read) {
    return OwnedObject.note(read, RecoveryNotes.PAUSED_BY)
        .equals(Optional.of(context.command().getCommandId()));
  }

  /** Takes this command's pause back: the annotation says what it said before. */
  public void release(ActionContext context) throws ActionFailure, InterruptedException {
    rival
        .object(session)
        .change(
            context,
            (read, patch) -> {
              if (!isOurs(context, read)) {
                return false;
              }
              Optional<String> before = OwnedObject.note(read, RecoveryNotes.PAUSED_BEFORE);
              if (!pauses(read)) {
                // Somebody has written something else meanwhile; theirs stays.
                patch.without(RecoveryNotes.PAUSED_BY).without(RecoveryNotes.PAUSED_BEFORE);
                return true;
              }
              if (before.isPresent()) {
                patch.note(rival.annotation(), before.get());
              } else {
                patch.without(rival.annotation());
              }
              patch.without(RecoveryNotes.PAUSED_BY).without(RecoveryNotes.PAUSED_BEFORE);
              return true;
            });
  }
}
