package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Defaults;
import io.arbitex.recovery.lab.kubernetes.objects.ImmutableFields;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.Validation;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The rules of reading and writing objects, the same for every client. Each call is atomic. All
 * failures are {@link ApiFailure}s.
 */
public final class Registry {
  private static final List<String> FIXED_METADATA =
      List.of(
          "name",
          "namespace",
          "uid",
          "creationTimestamp",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private final ObjectStore store;
  private final Admission admission;
  private final Deletion deletion;
  private final Clock clock;

  public Registry(ObjectStore store, Clock clock) {
    this.store = store;
    this.admission = new Admission(store);
    this.deletion = new Deletion(store, clock);
    this.clock = clock;
  }

  public ObjectStore store() {
    return store;
  }

  /** A copy of the object; 404 when there is none. */
  public ObjectNode get(ObjectKey key) {
    return store.find(key).orElseThrow(() -> ApiFailure.notFound(key));
  }

  public Optional<ObjectNode> find(ObjectKey key) {
    return store.find(key);
  }

  /**
   * Copies of all objects of a type.
   *
   * @param namespace empty for all
   */
  public List<ObjectNode> all(ResourceType type, String namespace) {
    return store.list(type, namespace, each -> true).items();
  }

  /**
   * Makes an object. Its name may be left to the server by {@code generateName}.
   *
   * @param namespace of the request; empty for what belongs to the whole cluster
   */
  public ObjectNode create(ResourceType type, String namespace, ObjectNode body, boolean dryRun) {
    synchronized (store) {
      ObjectNode object = body.deepCopy();
      object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
      ObjectNode metadata = object.withObject("/metadata");
      if (type.namespaced()) {
        String own = metadata.path("namespace").asText(namespace);
        if (!own.equals(namespace)) {
          throw ApiFailure.badRequest(
              "the namespace of the provided object does not match the namespace sent on the"
                  + " request");
        }
        metadata.put("namespace", namespace);
      } else {
        metadata.remove("namespace");
      }
      if (!metadata.path("resourceVersion").asText("").isEmpty()) {
        throw ApiFailure.badRequest("resourceVersion should not be set on objects to be created");
      }
      GeneratedName.fill(metadata);
      metadata.remove(
          List.of(
              "resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"));
      metadata.put("uid", UUID.randomUUID().toString());
      metadata.put("creationTimestamp", Meta.time(clock.instant()));
      if (type.hasStatus()) {
        metadata.put("generation", 1);
      }
      ObjectKey key = ObjectKey.of(type, object);
      if (type.hasStatus() && !Admission.keepsStatus(key)) {
        object.remove("status");
      }
      if (store.find(key).isPresent()) {
        throw ApiFailure.alreadyExists(key);
      }
      Defaults.fill(type, object);
      admission.admit(key, object);
      Validation.check(key, object);
      Quotas.check(store, key);
      return dryRun ? object : store.put(key, object);
    }
  }

  /**
   * Replaces an object, or its status only.
   *
   * @param body with the resourceVersion on which it builds, or without to write whatever came
   *     between
   * @param statusOnly whether this goes to the status subresource
   */
  public ObjectNode update(ObjectKey key, ObjectNode body, boolean statusOnly, boolean dryRun) {
    synchronized (store) {
      return change(key, old -> body, statusOnly, dryRun);
    }
  }

  /** Changes an object by what the function makes of it, in the ordinary way. */
  public ObjectNode change(
      ObjectKey key, UnaryOperator<ObjectNode> change, boolean statusOnly, boolean dryRun) {
    synchronized (store) {
      ObjectNode old = get(key);
      ObjectNode body = change.apply(old.deepCopy());
      checkIdentity(key, old, body);
      ObjectNode young;
      if (statusOnly) {
        young = old.deepCopy();
        young.set("status", body.path("status").deepCopy());
      } else {
        young = body.deepCopy();
        young.put("apiVersion", key.type().apiVersion()).put("kind", key.type().kind());
        keepMetadata(old, young);
        if (key.type().hasStatus()) {
          replaceField(young, "status", old.get("status"));
        }
        Defaults.fill(key.type(), young);
        checkFinalizers(key, old, young);
        Validation.check(key, young);
        ImmutableFields.check(key, old, young);
      }
      return dryRun ? young : keep(key, old, young);
    }
  }

  /**
   * Changes an object as the cluster's own parts do: status and specification at once, and also
   * what clients may not change.
   *
   * @return the object as it is then; empty when there is none
   */
  public Optional<ObjectNode> amend(ObjectKey key, Consumer<ObjectNode> change) {
    synchronized (store) {
      Optional<ObjectNode> old = store.find(key);
      if (old.isEmpty()) {
        return Optional.empty();
      }
      ObjectNode young = old.get().deepCopy();
      change.accept(young);
      return Optional.of(keep(key, old.get(), young));
    }
  }

  private ObjectNode keep(ObjectKey key, ObjectNode old, ObjectNode young) {
    if (young.equals(old)) {
      return young;
    }
    if (key.type().hasStatus() && !young.path("spec").equals(old.path("spec"))) {
      young.withObject("/metadata").put("generation", Meta.generation(old) + 1);
    }
    if (deletion.isComplete(key, young)) {
      store.remove(key);
      return young;
    }
    return store.put(key, young);
  }

  /** Deletes, or begins to: what has finalizers, and a pod that runs, goes later. */
  public Deletion.Outcome delete(ObjectKey key, DeleteOptions options) {
    return deletion.delete(key, options);
  }

  private static void checkIdentity(ObjectKey key, ObjectNode old, ObjectNode body) {
    if (!Meta.name(body).isEmpty() && !Meta.name(body).equals(key.name())) {
      throw ApiFailure.badRequest(
          "the name of the object ("
              + Meta.name(body)
              + ") does not match the name on the URL ("
              + key.name()
              + ")");
    }
    String version = Meta.resourceVersion(body);
    if (!version.isEmpty() && !version.equals(Meta.resourceVersion(old))) {
      throw ApiFailure.conflict(
          key,
          "the object has been modified; please apply your changes to the latest version and try"
              + " again");
    }
    if (!Meta.uid(body).isEmpty() && !Meta.uid(body).equals(Meta.uid(old))) {
      throw ApiFailure.conflict(
          key,
          "Precondition failed: UID in precondition: "
              + Meta.uid(body)
              + ", UID in object meta: "
              + Meta.uid(old));
    }
  }

  private static void keepMetadata(ObjectNode old, ObjectNode young) {
    ObjectNode metadata = young.withObject("/metadata");
    FIXED_METADATA.forEach(field -> replaceField(metadata, field, old.path("metadata").get(field)));
    metadata.put("resourceVersion", Meta.resourceVersion(old));
    if (!metadata.has("managedFields") && old.path("metadata").has("managedFields")) {
      metadata.set("managedFields", old.at("/metadata/managedFields"));
    }
  }

  private static void replaceField(ObjectNode object, String field, JsonNode value) {
    if (value == null) {
      object.remove(field);
    } else {
      object.set(field, value.deepCopy());
    }
  }

  private static void checkFinalizers(ObjectKey key, ObjectNode old, ObjectNode young) {
    if (Meta.isBeingDeleted(old) && !Meta.finalizers(old).containsAll(Meta.finalizers(young))) {
      throw ApiFailure.invalid(
          key,
          "metadata.finalizers",
          "Forbidden: no new finalizers can be added if the object is being deleted");
    }
  }
}
