package io.arbitex.recovery.executors.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A StatefulSet that a recovery scales. Every change is one patch of annotations and replicas
 * together, with the version that was read as its precondition, and only when no later owner's mark
 * is on it.
 */
public final class ScaledSet {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The set's status changes with every pod, so conflicts are common and mean little. */
  private static final int ROUNDS = 8;

  private static final int CONFLICT = 409;

  private final ClusterSession session;
  private final String name;

  public ScaledSet(ClusterSession session, String name) {
    this.session = session;
    this.name = name;
  }

  /** A change that is worked out from what was read, again after each conflict. */
  @FunctionalInterface
  public interface Change {
    /**
     * Fills in the patch.
     *
     * @return false when nothing is to be changed any more
     * @throws ActionFailure when what was read speaks against it
     */
    boolean fill(StatefulSet read, Patch patch) throws ActionFailure;
  }

  /** What a change sets. */
  public static final class Patch {
    private final ObjectNode whole = JSON.createObjectNode();

    private Patch(String resourceVersion) {
      whole.putObject("metadata").put("resourceVersion", resourceVersion);
    }

    public Patch replicas(int replicas) {
      whole.putObject("spec").put("replicas", replicas);
      return this;
    }

    public Patch note(String annotation, String value) {
      whole.withObject("/metadata/annotations").put(annotation, value);
      return this;
    }

    public Patch without(String annotation) {
      whole.withObject("/metadata/annotations").putNull(annotation);
      return this;
    }
  }

  /**
   * As it is now.
   *
   * @throws ActionFailure PREFLIGHT when there is none of the name
   */
  public StatefulSet read() throws ActionFailure, InterruptedException {
    return session
        .find(
            "get statefulsets/" + name,
            client ->
                client.apps().statefulSets().inNamespace(session.namespace()).withName(name).get())
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.PREFLIGHT,
                    "there is no StatefulSet " + name + " in " + session.namespace(),
                    "See whether 'statefulSet' of the inventory is its name, or deploy it."));
  }

  /** Replicas that are wanted. */
  public static int wanted(StatefulSet set) {
    return set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
  }

  public static Optional<String> note(StatefulSet set, String annotation) {
    Map<String, String> all = set.getMetadata().getAnnotations();
    return Optional.ofNullable(all == null ? null : all.get(annotation));
  }

  /** Whose mark is on it. */
  public static Optional<OwnerMark> owner(StatefulSet set) throws ActionFailure {
    Optional<String> text = note(set, RecoveryNotes.OWNER);
    return text.isEmpty() ? Optional.empty() : Optional.of(OwnerMark.parse(text.get()));
  }

  /** Its pods, those that are ending too. */
  public List<Pod> pods(StatefulSet set) throws ActionFailure, InterruptedException {
    return session
        .ask(
            "list pods",
            client ->
                client
                    .pods()
                    .inNamespace(session.namespace())
                    .withLabelSelector(set.getSpec().getSelector())
                    .list()
                    .getItems())
        .stream()
        .filter(pod -> ownedBy(pod, set))
        .toList();
  }

  private static boolean ownedBy(Pod pod, StatefulSet set) {
    return pod.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .anyMatch(set.getMetadata().getUid()::equals);
  }

  /**
   * Changes it.
   *
   * @throws ActionFailure OWNERSHIP_LOST when a later owner's mark is on it; what the change says
   */
  public void change(ActionContext context, Change change)
      throws ActionFailure, InterruptedException {
    OwnerMark mine = OwnerMark.of(context);
    ActionFailure conflict = null;
    for (int round = 0; round < ROUNDS; round++) {
      StatefulSet read = read();
      mine.refuseIfBarred(owner(read));
      Patch patch = new Patch(read.getMetadata().getResourceVersion());
      if (!change.fill(read, patch)) {
        return;
      }
      try {
        session.ask(
            "patch statefulsets/" + name,
            client ->
                client
                    .apps()
                    .statefulSets()
                    .inNamespace(session.namespace())
                    .withName(name)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch.whole.toString()));
        return;
      } catch (ActionFailure e) {
        if (!isConflict(e)) {
          throw e;
        }
        conflict = e;
      }
    }
    throw conflict;
  }

  private static boolean isConflict(ActionFailure failure) {
    return failure.getCause() instanceof io.fabric8.kubernetes.client.KubernetesClientException e
        && e.getCode() == CONFLICT;
  }
}
