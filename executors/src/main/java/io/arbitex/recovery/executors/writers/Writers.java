package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All writers of a store of a platform. */
public final class Writers {
  private final Kubernetes kubernetes;
  private final List<Workload> workloads;
  private final String store;

  /** Those that write to its database. */
  public Writers(Kubernetes kubernetes) {
    this(kubernetes, kubernetes.writers(), "database");
  }

  /**
   * @param workloads all that write to the store
   * @param store what they write to, for people
   */
  public Writers(Kubernetes kubernetes, List<Workload> workloads, String store) {
    this.kubernetes = kubernetes;
    this.workloads = List.copyOf(workloads);
    this.store = store;
  }

  /** What they write to, for people. */
  String store() {
    return store;
  }

  List<Workload> workloads() {
    return workloads;
  }

  ClusterSession open() throws ActionFailure, InterruptedException {
    return new ClusterAccess(kubernetes).open();
  }

  List<Writer> in(ClusterSession session) {
    return workloads.stream().map(each -> new Writer(session, each)).toList();
  }

  /**
   * Refuses to go on when a writer was started, by whomever, since this command stopped it: seen,
   * and not fought.
   *
   * @throws ActionFailure NOT_CONFIRMED naming it
   */
  public void requireStopped(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      for (Writer writer : in(session)) {
        GenericKubernetesResource read = writer.object().read();
        refuseIfStarted(context, writer, read);
        Optional<String> running = writer.running(read);
        if (running.isPresent()) {
          throw ActionFailure.passing(
              FailureCode.NOT_CONFIRMED,
              "a writer that was stopped runs: " + running.get(),
              "See who made it; nothing goes on while it may write.");
        }
      }
    }
  }

  /** What of them runs, whoever started it; empty when nothing does. */
  public Optional<String> running() throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      for (Writer writer : in(session)) {
        GenericKubernetesResource read = writer.object().read();
        Optional<String> running = writer.running(read);
        if (writer.wanted(read) > 0 || running.isPresent()) {
          return Optional.of(running.orElse(writer.wanted(read) + " replicas of " + writer.name()));
        }
      }
      return Optional.empty();
    }
  }

  /** Keeps on the first writer that a source is closed, for a later command. */
  public void noteFence(ActionContext context, String text)
      throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      in(session)
          .get(0)
          .object()
          .change(
              context,
              (read, patch) -> {
                patch.note(RecoveryNotes.FENCED, text);
                return true;
              });
    }
  }

  /** Takes the note of {@link #noteFence} off. */
  public void forgetFence(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      in(session)
          .get(0)
          .object()
          .change(
              context,
              (read, patch) -> {
                patch.without(RecoveryNotes.FENCED);
                return true;
              });
    }
  }

  /** The note of {@link #noteFence}. */
  public Optional<String> fenceNote() throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      return OwnedObject.note(in(session).get(0).object().read(), RecoveryNotes.FENCED);
    }
  }

  /** Whether another command has stopped one of them and not given it back. */
  public boolean heldByAnother(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      for (Writer writer : in(session)) {
        GenericKubernetesResource read = writer.object().read();
        if (Writer.noted(read).isPresent() && !OwnedObject.isOwnedBy(context, read)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Takes over what another command has stopped: its numbers become this command's facts, and its
   * notes this command's. What somebody has scaled up since is theirs.
   */
  public void takeOver(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = open()) {
      WriterCounts counts = WriterCounts.of(in(session));
      context.remember(WriterFacts.COUNTS, counts.text());
      for (Writer writer : in(session)) {
        writer
            .object()
            .change(
                context,
                (read, patch) -> {
                  if (writer.wanted(read) > 0) {
                    patch.without(RecoveryNotes.REPLICAS);
                  }
                  return true;
                });
      }
    }
  }

  /** Puts this command's mark on all of them. */
  void claimAll(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : in(session)) {
      writer.object().claim(context);
    }
  }

  /** Whether this command holds all of them at 0, and nothing of them runs. */
  boolean areStopped(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Writer writer : in(session)) {
      GenericKubernetesResource read = writer.object().read();
      if (!Writer.isHeld(context, read)
          || writer.wanted(read) > 0
          || writer.running(read).isPresent()) {
        return false;
      }
    }
    return true;
  }

  /** Waits until nothing of them runs. */
  void awaitEnd(ActionContext context, ClusterSession session, Duration limit)
      throws ActionFailure, InterruptedException {
    Optional<String> left =
        Patience.await(
            context,
            limit,
            () -> {
              List<String> running = new ArrayList<>();
              for (Writer writer : in(session)) {
                GenericKubernetesResource read = writer.object().read();
                refuseIfStarted(context, writer, read);
                writer.running(read).ifPresent(running::add);
              }
              return running.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", running));
            });
    if (left.isPresent()) {
      throw ActionFailure.passing(
          FailureCode.NOT_CONFIRMED,
          "writers do not end: " + left.get(),
          "See whether their nodes are alive; a pod on a lost node may still write, and stays until"
              + " the node is removed.");
    }
  }

  private static void refuseIfStarted(
      ActionContext context, Writer writer, GenericKubernetesResource read) throws ActionFailure {
    if (!Writer.isHeld(context, read) || writer.wanted(read) > 0) {
      throw startedBySomebody(writer, writer.wanted(read));
    }
  }

  static ActionFailure startedBySomebody(Writer writer, int wanted) {
    return ActionFailure.permanent(
        FailureCode.NOT_CONFIRMED,
        "somebody scaled " + writer.name() + " to " + wanted + " in the middle of the cutover",
        "Find out who and why, pause them, then retry; all that was changed is put back.");
  }
}
