package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The writers come back, on the new database: traffic is open, so this is the point of no return.
 * One that somebody scaled up since the switch is stopped first, since its pods may have the old
 * connection, and comes back with their number.
 */
public final class StartWriters extends WriterAction {
  private static final Duration END = Duration.ofMinutes(2);

  private final Opening opening;
  private final Predicate<ActionContext> alreadyOpen;

  /** What comes before the first writer is started. */
  public interface Opening {
    /**
     * Looks once more whether it may still be cut over.
     *
     * @throws ActionFailure when it may not
     */
    void refuseIfSound(ActionContext context) throws ActionFailure, InterruptedException;

    /** Says durably that traffic is or may be open from now on. */
    void open(ActionContext context) throws ActionFailure, InterruptedException;
  }

  /**
   * @param alreadyOpen whether an earlier attempt has opened the traffic: then what it did not
   *     start is started, and nothing else is touched
   */
  public StartWriters(Writers writers, Opening opening, Predicate<ActionContext> alreadyOpen) {
    super(
        writers,
        "start-writers",
        "start all that write to the " + writers.store() + " on the new one",
        true,
        Duration.ofMinutes(10));
    this.opening = opening;
    this.alreadyOpen = alreadyOpen;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : writers.in(session)) {
      GenericKubernetesResource read = writer.object().read();
      if (!isStarted(context, read)) {
        return Look.notYet(writer.name() + " is not started yet");
      }
    }
    return Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (!alreadyOpen.test(context) && !anyStarted(context, session)) {
      opening.refuseIfSound(context);
      stopStragglers(context, session);
      opening.open(context);
    }
    for (Writer writer : writers.in(session)) {
      writer
          .object()
          .change(
              context,
              (read, patch) -> {
                if (isStarted(context, read)) {
                  return false;
                }
                start(context, writer, read, patch);
                return true;
              });
    }
    context.progress("the writers are starting on the new " + writers.store());
  }

  private boolean isStarted(ActionContext context, GenericKubernetesResource read)
      throws ActionFailure {
    return alreadyOpen.test(context) ? Writer.noted(read).isEmpty() : startedByThis(context, read);
  }

  private static boolean startedByThis(ActionContext context, GenericKubernetesResource read) {
    return OwnedObject.note(read, RecoveryNotes.STARTED_FOR)
        .filter(context.command().getCommandId()::equals)
        .isPresent();
  }

  private void stopStragglers(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    List<String> stopped = new ArrayList<>();
    for (Writer writer : writers.in(session)) {
      writer
          .object()
          .change(
              context,
              (read, patch) -> {
                int wanted = writer.wanted(read);
                if (wanted == 0 && Writer.isHeld(context, read)) {
                  return false;
                }
                int theirs =
                    wanted > 0
                        ? wanted
                        : WriterFacts.counts(context).map(all -> all.of(writer.name())).orElse(0);
                writer.scale(patch, 0);
                patch.note(RecoveryNotes.REPLICAS, Integer.toString(theirs));
                stopped.add(writer.name());
                return true;
              });
    }
    if (!stopped.isEmpty()) {
      context.progress(
          "somebody changed "
              + stopped
              + " since the switch; stopped once more, so that no pod keeps the old connection");
    }
    writers.awaitEnd(context, session, END);
  }

  private static void start(
      ActionContext context, Writer writer, GenericKubernetesResource read, OwnedObject.Patch patch)
      throws ActionFailure {
    String command = context.command().getCommandId();
    if (writer.wanted(read) == 0) {
      writer.scale(patch, Writer.noted(read).orElse(0));
    }
    writer.restart(patch, command);
    patch
        .note(RecoveryNotes.STARTED_FOR, command)
        .without(RecoveryNotes.REPLICAS)
        .without(RecoveryNotes.FENCED);
  }

  private boolean anyStarted(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : writers.in(session)) {
      if (startedByThis(context, writer.object().read())) {
        return true;
      }
    }
    return false;
  }

  /** Our mark on every writer keeps an earlier try that stood still from starting one. */
  @Override
  public boolean ruledOut(ActionContext context) throws ActionFailure, InterruptedException {
    if (alreadyOpen.test(context)) {
      return false;
    }
    try (ClusterSession session = writers.open()) {
      for (Writer writer : writers.in(session)) {
        writer.object().claim(context);
        GenericKubernetesResource read = writer.object().read();
        if (!Writer.isHeld(context, read) || writer.wanted(read) > 0) {
          return false;
        }
      }
      return true;
    }
  }
}
