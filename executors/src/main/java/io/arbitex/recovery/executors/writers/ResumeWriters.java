package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import java.time.Duration;

/**
 * Clean-up: the writers that this command stopped come back as they were, on the old database. One
 * that somebody else scaled meanwhile keeps their number.
 */
public final class ResumeWriters extends WriterAction {
  /** Whether the platform would find its old database. */
  @FunctionalInterface
  public interface OldConnection {
    /**
     * Refuses to start writers on a database that is not the platform's.
     *
     * @throws ActionFailure when the secret does not name the old one
     */
    void require(ActionContext context) throws ActionFailure, InterruptedException;
  }

  private final OldConnection old;

  public ResumeWriters(Writers writers, OldConnection old) {
    super(
        writers,
        "resume-writers",
        "start all that write to the " + writers.store() + " as they were",
        true,
        Duration.ofMinutes(5));
    this.old = old;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (WriterFacts.counts(context).isEmpty()) {
      return Look.alreadySo();
    }
    if (context.fact(WriterFacts.CLAIMED).isEmpty()) {
      return Look.notYet("an earlier owner could still stop them");
    }
    for (Writer writer : writers.in(session)) {
      if (Writer.isHeld(context, writer.object().read())) {
        return Look.notYet(writer.name() + " is held at 0");
      }
    }
    return Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    writers.claimAll(context, session);
    context.remember(WriterFacts.CLAIMED, "true");
    old.require(context);
    for (Writer writer : writers.in(session)) {
      writer
          .object()
          .change(
              context,
              (read, patch) -> {
                if (!Writer.isHeld(context, read)) {
                  return false;
                }
                if (writer.wanted(read) == 0) {
                  writer.scale(patch, Writer.noted(read).orElse(0));
                } else {
                  // Its pods may have started while the secret named the other database.
                  writer.restart(patch, context.command().getCommandId());
                }
                patch.without(RecoveryNotes.REPLICAS);
                return true;
              });
    }
    context.progress("the writers are starting again as they were");
  }
}
