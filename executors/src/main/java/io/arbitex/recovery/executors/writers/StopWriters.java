package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The fence on the side of the platform (design, section 7): all writers are scaled to 0 and their
 * pods are gone. A source that comes back later finds nobody who would write to it.
 */
public final class StopWriters extends WriterAction {
  /** Longer than most pods' grace period. */
  private static final Duration END = Duration.ofMinutes(4);

  private final Predicate<ActionContext> notNeeded;

  /**
   * @param notNeeded whether an earlier attempt has cut over already, so that they write where they
   *     should
   */
  public StopWriters(Writers writers, Predicate<ActionContext> notNeeded) {
    super(
        writers,
        "stop-writers",
        "scale all that write to the " + writers.store() + " to 0",
        true,
        Duration.ofMinutes(10));
    this.notNeeded = notNeeded;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (notNeeded.test(context)) {
      return Look.alreadySo();
    }
    Optional<WriterCounts> counts = WriterFacts.counts(context);
    return counts.isPresent() && writers.areStopped(context, session)
        ? Look.alreadySo(Map.of(WriterFacts.COUNTS, counts.get().text()))
        : Look.notYet("not all writers are stopped by this cutover");
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    WriterCounts counts = counts(context, session);
    for (Writer writer : writers.in(session)) {
      stop(context, writer, counts.of(writer.name()));
    }
    context.progress("scaled to 0: " + counts.text());
    writers.awaitEnd(context, session, END);
  }

  /** The numbers to come back to, in the journal before the first one is changed. */
  private WriterCounts counts(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<WriterCounts> known = WriterFacts.counts(context);
    if (known.isPresent()) {
      return known.get();
    }
    WriterCounts found = WriterCounts.of(writers.in(session));
    context.remember(WriterFacts.COUNTS, found.text());
    return found;
  }

  private static void stop(ActionContext context, Writer writer, int replicas)
      throws ActionFailure, InterruptedException {
    writer
        .object()
        .change(
            context,
            (read, patch) -> {
              if (Writer.isHeld(context, read) && writer.wanted(read) > 0) {
                throw Writers.startedBySomebody(writer, writer.wanted(read));
              }
              writer.scale(patch, 0);
              patch.note(RecoveryNotes.REPLICAS, Integer.toString(replicas));
              return true;
            });
  }
}
