package io.arbitex.recovery.executors.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Optional;

/**
 * An object of the cluster that a recovery changes. Every change is one patch, with the version
 * that was read as its precondition, and only when no later owner's mark is on it; the patch puts
 * our own mark on it. What it holds is never logged: it may be a Secret.
 */
public final class OwnedObject {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A status changes with every pod, so conflicts are common and mean little. */
  private static final int ROUNDS = 8;

  private static final int CONFLICT = 409;

  private final ClusterSession session;
  private final ObjectKind kind;
  private final String namespace;
  private final String name;

  public OwnedObject(ClusterSession session, ObjectKind kind, String name) {
    this(session, kind, session.namespace(), name);
  }

  /**
   * @param namespace another one than the platform's; it does not count for a kind without
   */
  public OwnedObject(ClusterSession session, ObjectKind kind, String namespace, String name) {
    this.session = session;
    this.kind = kind;
    this.namespace = namespace;
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
    boolean fill(GenericKubernetesResource read, Patch patch) throws ActionFailure;
  }

  /** What a change sets. */
  public static final class Patch {
    private final ObjectNode whole = JSON.createObjectNode();

    private Patch(String resourceVersion) {
      whole.putObject("metadata").put("resourceVersion", resourceVersion);
    }

    public Patch note(String annotation, String value) {
      at("/metadata/annotations").put(annotation, value);
      return this;
    }

    public Patch without(String annotation) {
      at("/metadata/annotations").putNull(annotation);
      return this;
    }

    /** The object at a JSON pointer, made where there is none. */
    public ObjectNode at(String pointer) {
      return whole.withObject(pointer);
    }
  }

  /** As {@code kubectl} names it. */
  @Override
  public String toString() {
    return kind.plural() + "/" + name;
  }

  /** As it is now; empty when there is none. */
  public Optional<GenericKubernetesResource> find() throws ActionFailure, InterruptedException {
    return session.find(
        "get " + this,
        client ->
            client
                .genericKubernetesResources(kind.definition())
                .inNamespace(namespace)
                .withName(name)
                .get());
  }

  /**
   * As it is now.
   *
   * @throws ActionFailure PREFLIGHT when there is none of the name
   */
  public GenericKubernetesResource read() throws ActionFailure, InterruptedException {
    return find()
        .orElseThrow(
            () ->
                ActionFailure.permanent(
                    FailureCode.PREFLIGHT,
                    "there is no " + this + " in " + namespace,
                    "See whether the inventory has its right name, or deploy it."));
  }

  public static Optional<String> note(HasMetadata object, String annotation) {
    Map<String, String> all = object.getMetadata().getAnnotations();
    return Optional.ofNullable(all == null ? null : all.get(annotation));
  }

  /** Whose mark is on it. */
  public static Optional<OwnerMark> owner(HasMetadata object) throws ActionFailure {
    Optional<String> text = note(object, RecoveryNotes.OWNER);
    return text.isEmpty() ? Optional.empty() : Optional.of(OwnerMark.parse(text.get()));
  }

  /** Whether the mark on it is of this command. */
  public static boolean isOwnedBy(ActionContext context, HasMetadata object) throws ActionFailure {
    return owner(object)
        .filter(mark -> mark.command().equals(context.command().getCommandId()))
        .isPresent();
  }

  /** Puts our mark on it, and changes nothing else: no earlier owner can change it after that. */
  public void claim(ActionContext context) throws ActionFailure, InterruptedException {
    change(context, (read, patch) -> true);
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
      GenericKubernetesResource read = read();
      mine.refuseIfBarred(owner(read));
      Patch patch = new Patch(read.getMetadata().getResourceVersion());
      patch.note(RecoveryNotes.OWNER, mine.text());
      if (!change.fill(read, patch)) {
        return;
      }
      try {
        session.ask(
            "patch " + this,
            client ->
                client
                    .genericKubernetesResources(kind.definition())
                    .inNamespace(namespace)
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
    return failure.getCause() instanceof KubernetesClientException e && e.getCode() == CONFLICT;
  }
}
