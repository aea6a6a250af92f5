package io.arbitex.recovery.lab.kubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Server-side apply: what a manager applies is merged, and what it applied before but no longer
 * does is removed. The fields of a manager are remembered as the lab writes them, {@code
 * f:spec/f:replicas}; a real API server nests them. Conflicts between managers are not looked for:
 * every apply is as if forced.
 */
public final class ServerSideApply {
  private ServerSideApply() {}

  /**
   * The object after the apply, with the manager's entry in {@code metadata.managedFields}.
   *
   * @param target null when there is none yet
   * @param time ISO 8601
   */
  public static ObjectNode apply(
      JsonNode target, ObjectNode applied, String manager, String apiVersion, String time) {
    ObjectNode wanted = applied.deepCopy();
    wanted.withObject("/metadata").remove(List.of("managedFields", "resourceVersion", "uid"));
    ObjectNode result =
        target == null ? JsonNodeFactory.instance.objectNode() : (ObjectNode) target.deepCopy();
    ArrayNode managers = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : result.at("/metadata/managedFields")) {
      boolean own =
          entry.path("manager").asText().equals(manager)
              && entry.path("operation").asText().equals("Apply");
      if (!own) {
        managers.add(entry);
        continue;
      }
      List<String> gone = leaves(entry.path("fieldsV1"), "");
      gone.removeAll(leaves(OwnedFields.of(wanted), ""));
      gone.forEach(path -> OwnedFields.remove(result, path));
    }
    ObjectNode merged = (ObjectNode) StrategicMerge.apply(result, wanted);
    ObjectNode entry = managers.addObject();
    entry.put("manager", manager).put("operation", "Apply").put("apiVersion", apiVersion);
    entry.put("time", time).put("fieldsType", "FieldsV1").set("fieldsV1", OwnedFields.of(wanted));
    merged.withObject("/metadata").set("managedFields", managers);
    return merged;
  }

  /** The paths of all innermost fields, a step a line. */
  private static List<String> leaves(JsonNode fields, String before) {
    List<String> all = new ArrayList<>();
    fields
        .properties()
        .forEach(
            field -> {
              String path = before.isEmpty() ? field.getKey() : before + "\n" + field.getKey();
              if (field.getValue().isEmpty()) {
                all.add(path);
              } else {
                all.addAll(leaves(field.getValue(), path));
              }
            });
    return all;
  }

  /** Which key an element of a list has. */
  static Optional<String> keyOf(String field, JsonNode list) {
    return ListKeys.of(field, list, null);
  }
}
