package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;

/**
 * The writers come back, on the new database: traffic is open, so this is the point of no return.
 * All their pods are new ones, whoever may have started some in between.
 */
public final class StartWriters extends WriterAction {
  /** Asked before the first one is started. */
  @FunctionalInterface
  public interface LastLook {
    /**
     * Looks once more whether it may still be cut over.
     *
     * @throws ActionFailure when it may not
     */
    void refuseIfSound(ActionContext context) throws ActionFailure, InterruptedException;
  }

  private final LastLook lastLook;

  public StartWriters(Writers writers, LastLook lastLook) {
    super(
        writers,
        "start-writers",
        "start all that write to the database on the new one",
        true,
        Duration.ofMinutes(5));
    this.lastLook = lastLook;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : writers.in(session)) {
      GenericKubernetesResource read = writer.object().read();
      if (Writer.noted(read).isPresent()) {
        return Look.notYet(writer.name() + " is held at 0");
      }
    }
    return Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (!anyStarted(context, session)) {
      lastLook.refuseIfSound(context);
    }
    for (Writer writer : writers.in(session)) {
      writer
          .object()
          .change(
              context,
              (read, patch) -> {
                if (Writer.noted(read).isEmpty()) {
                  return false;
                }
                start(context, writer, read, patch);
                return true;
              });
    }
    context.progress("the writers are starting on the new database");
  }

  private static void start(
      ActionContext context, Writer writer, GenericKubernetesResource read, OwnedObject.Patch patch)
      throws ActionFailure {
    String command = context.command().getCommandId();
    if (writer.wanted(read) == 0) {
      writer.scale(patch, Writer.noted(read).orElse(0));
    } else {
      // Somebody was faster, perhaps before the secret was switched: their number, new pods.
      context.progress("somebody scaled " + writer.name() + " up already; its pods are renewed");
    }
    writer.restart(patch, command);
    patch.note(RecoveryNotes.STARTED_FOR, command).without(RecoveryNotes.REPLICAS);
  }

  private boolean anyStarted(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : writers.in(session)) {
      if (OwnedObject.note(writer.object().read(), RecoveryNotes.STARTED_FOR)
          .filter(context.command().getCommandId()::equals)
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** Our mark on every writer keeps an earlier try that stood still from starting one. */
  @Override
  public boolean ruledOut(ActionContext context) throws ActionFailure, InterruptedException {
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
