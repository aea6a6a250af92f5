package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.patch.JsonPatchDocument;
import io.arbitex.recovery.lab.kubernetes.patch.MergePatch;
import io.arbitex.recovery.lab.kubernetes.patch.ServerSideApply;
import io.arbitex.recovery.lab.kubernetes.patch.StrategicMerge;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Deletion;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.Set;

/** Requests for one object, without HTTP: each takes JSON and gives JSON. */
final class ResourceRequests {
  private static final Set<String> KNOWN_SUBRESOURCES = Set.of("", "status", "scale");

  private final Registry registry;
  private final Clock clock;

  ResourceRequests(Registry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** What of a request does not stand in its body. */
  record Options(boolean dryRun, String fieldManager) {}

  /**
   * An answer.
   *
   * @param code of HTTP
   */
  record Answer(int code, ObjectNode body) {}

  ObjectNode get(RequestTarget target) {
    checkSubresource(target);
    ObjectNode object = registry.get(target.key());
    return target.subresource().equals("scale") ? ScaleSubresource.of(object) : object;
  }

  Answer create(RequestTarget target, ObjectNode body, Options options) {
    if (target.subresource().equals("eviction")) {
      return delete(target, DeleteOptions.of(body.path("deleteOptions")));
    }
    if (!target.subresource().isEmpty()) {
      throw ApiFailure.badRequest(
          "the lab takes no POST of " + target.resource() + "; exec goes over WebSocket only");
    }
    String kind = body.path("kind").asText(target.type().kind());
    if (!kind.equals(target.type().kind())) {
      throw ApiFailure.badRequest(
          "the object provided is a " + kind + ", expected a " + target.type().kind());
    }
    return new Answer(
        201, registry.create(target.type(), target.namespace(), body, options.dryRun()));
  }

  ObjectNode update(RequestTarget target, ObjectNode body, Options options) {
    checkSubresource(target);
    if (target.subresource().equals("scale")) {
      return ScaleSubresource.of(
          registry.change(
              target.key(), old -> ScaleSubresource.applied(old, body), false, options.dryRun()));
    }
    return registry.update(
        target.key(), body, target.subresource().equals("status"), options.dryRun());
  }

  Answer patch(RequestTarget target, String contentType, JsonNode patch, Options options) {
    checkSubresource(target);
    if (target.subresource().equals("scale")) {
      ObjectNode changed =
          registry.change(
              target.key(),
              old ->
                  ScaleSubresource.applied(
                      old, patched(ScaleSubresource.of(old), contentType, patch, options)),
              false,
              options.dryRun());
      return new Answer(200, ScaleSubresource.of(changed));
    }
    boolean apply = contentType.startsWith("application/apply-patch");
    synchronized (registry.store()) {
      if (apply && registry.find(target.key()).isEmpty()) {
        ObjectNode made = applied(null, patch, options);
        return new Answer(
            201, registry.create(target.type(), target.namespace(), made, options.dryRun()));
      }
      ObjectNode changed =
          registry.change(
              target.key(),
              old -> (ObjectNode) patched(old, contentType, patch, options),
              target.subresource().equals("status"),
              options.dryRun());
      return new Answer(200, changed);
    }
  }

  private JsonNode patched(ObjectNode old, String contentType, JsonNode patch, Options options) {
    String type = contentType.split(";", 2)[0].trim();
    return switch (type) {
      case "application/json-patch+json" -> JsonPatchDocument.apply(old, patch);
      case "application/merge-patch+json" -> MergePatch.apply(old, patch);
      case "application/strategic-merge-patch+json" -> StrategicMerge.apply(old, patch);
      case "application/apply-patch+yaml", "application/apply-patch+json" ->
          applied(old, patch, options);
      default ->
          throw ApiFailure.of(
              415,
              "UnsupportedMediaType",
              "the body of the request was in an unknown format: " + type);
    };
  }

  private ObjectNode applied(ObjectNode old, JsonNode patch, Options options) {
    if (!(patch instanceof ObjectNode wanted)) {
      throw ApiFailure.badRequest("an apply needs an object");
    }
    if (options.fieldManager().isEmpty()) {
      throw ApiFailure.of(
          422, "Invalid", "PatchOptions.meta.k8s.io is invalid: fieldManager: Required value");
    }
    return ServerSideApply.apply(
        old,
        wanted,
        options.fieldManager(),
        wanted.path("apiVersion").asText(),
        Meta.time(clock.instant()));
  }

  Answer delete(RequestTarget target, DeleteOptions options) {
    Deletion.Outcome outcome = registry.delete(target.key(), options);
    if (!outcome.gone() || target.type().equals(ResourceTypes.POD)) {
      return new Answer(200, outcome.object());
    }
    return new Answer(200, success(target.key(), outcome.object()));
  }

  private static ObjectNode success(ObjectKey key, ObjectNode object) {
    ObjectNode status =
        Meta.JSON
            .createObjectNode()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("status", "Success");
    status.putObject("metadata");
    status
        .putObject("details")
        .put("name", key.name())
        .put("group", key.type().group())
        .put("kind", key.type().plural())
        .put("uid", Meta.uid(object));
    return status;
  }

  private static void checkSubresource(RequestTarget target) {
    boolean known =
        KNOWN_SUBRESOURCES.contains(target.subresource())
            && (!target.subresource().equals("scale") || target.type().hasScale())
            && (!target.subresource().equals("status") || target.type().hasStatus());
    if (!known) {
      throw ApiFailure.of(404, "NotFound", "the server could not find the requested resource");
    }
  }
}
