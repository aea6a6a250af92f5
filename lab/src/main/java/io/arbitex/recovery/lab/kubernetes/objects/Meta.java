package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An object's metadata, read from its JSON. What is absent reads as the empty string. */
public final class Meta {
  public static final ObjectMapper JSON = new ObjectMapper();

  private Meta() {}

  public static String name(JsonNode object) {
    return object.at("/metadata/name").asText("");
  }

  public static String namespace(JsonNode object) {
    return object.at("/metadata/namespace").asText("");
  }

  public static String uid(JsonNode object) {
    return object.at("/metadata/uid").asText("");
  }

  public static String resourceVersion(JsonNode object) {
    return object.at("/metadata/resourceVersion").asText("");
  }

  public static long generation(JsonNode object) {
    return object.at("/metadata/generation").asLong(0);
  }

  public static boolean isBeingDeleted(JsonNode object) {
    return object.at("/metadata").hasNonNull("deletionTimestamp");
  }

  public static List<String> finalizers(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.at("/metadata/finalizers").forEach(each -> names.add(each.asText()));
    return names;
  }

  public static void setFinalizers(ObjectNode object, List<String> names) {
    ObjectNode metadata = object.withObject("/metadata");
    if (names.isEmpty()) {
      metadata.remove("finalizers");
      return;
    }
    ArrayNode array = metadata.putArray("finalizers");
    names.forEach(array::add);
  }

  public static void addFinalizer(ObjectNode object, String name) {
    List<String> names = new ArrayList<>(finalizers(object));
    if (!names.contains(name)) {
      names.add(name);
      setFinalizers(object, names);
    }
  }

  /** The uid of the owner that is marked as the controller. */
  public static Optional<String> controllerUid(JsonNode object) {
    for (JsonNode owner : object.at("/metadata/ownerReferences")) {
      if (owner.path("controller").asBoolean()) {
        return Optional.of(owner.path("uid").asText());
      }
    }
    return Optional.empty();
  }

  /** A reference to the owner that says: it controls, and it waits for this in the foreground. */
  public static ObjectNode controlledBy(ResourceType type, JsonNode owner) {
    return JSON.createObjectNode()
        .put("apiVersion", type.apiVersion())
        .put("kind", type.kind())
        .put("name", name(owner))
        .put("uid", uid(owner))
        .put("controller", true)
        .put("blockOwnerDeletion", true);
  }

  /** Kubernetes writes whole seconds. */
  public static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
