package io.arbitex.recovery.lab.kubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * The set of fields in an applied object, as {@code fieldsV1} writes it: {@code f:NAME} for a field
 * and {@code k:{"name":"x"}} for an element of a list with a key.
 */
final class OwnedFields {
  private OwnedFields() {}

  static ObjectNode of(ObjectNode object) {
    ObjectNode rest = object.deepCopy();
    rest.remove(List.of("apiVersion", "kind"));
    if (rest.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove(List.of("name", "namespace"));
    }
    return fields(rest);
  }

  private static ObjectNode fields(JsonNode object) {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    object
        .properties()
        .forEach(field -> set.set("f:" + field.getKey(), value(field.getKey(), field.getValue())));
    return set;
  }

  private static ObjectNode value(String name, JsonNode value) {
    if (value.isObject()) {
      return fields(value);
    }
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    Optional<String> key = value.isArray() ? ServerSideApply.keyOf(name, value) : Optional.empty();
    if (key.isPresent()) {
      for (JsonNode element : value) {
        ObjectNode id = JsonNodeFactory.instance.objectNode();
        id.set(key.get(), element.path(key.get()));
        ObjectNode inner = fields(element);
        inner.putObject(".");
        set.set("k:" + id, inner);
      }
    }
    return set;
  }

  /**
   * Removes what the path names, if it is there.
   *
   * @param path steps as in {@code fieldsV1}, each on its own line
   */
  static void remove(ObjectNode object, String path) {
    JsonNode at = object;
    JsonNode parent = null;
    String[] steps = path.split("\n", -1);
    for (int i = 0; i < steps.length && at != null; i++) {
      boolean last = i == steps.length - 1;
      if (steps[i].equals(".")) {
        if (parent instanceof ArrayNode list) {
          int index = indexOf(list, steps[i - 1].substring(2));
          if (index >= 0) {
            list.remove(index);
          }
        }
        return;
      }
      if (steps[i].startsWith("f:")) {
        String name = steps[i].substring(2);
        if (last && at instanceof ObjectNode here) {
          here.remove(name);
          return;
        }
        parent = at;
        at = at.get(name);
      } else {
        parent = at;
        at = element(at, steps[i].substring(2));
      }
    }
  }

  private static JsonNode element(JsonNode list, String id) {
    int index = indexOf(list, id);
    return index < 0 ? null : list.get(index);
  }

  private static int indexOf(JsonNode list, String id) {
    String key = id.substring(2, id.indexOf('"', 2));
    for (int i = 0; i < list.size(); i++) {
      ObjectNode own = JsonNodeFactory.instance.objectNode();
      own.set(key, list.get(i).path(key));
      if (own.toString().equals(id)) {
        return i;
      }
    }
    return -1;
  }
}
