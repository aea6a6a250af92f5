package io.arbitex.recovery.lab.kubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kubernetes' own merge patch: lists whose elements have a key are merged by it. Of its directives
 * it knows {@code $patch: replace} and {@code delete}, {@code $retainKeys}, {@code
 * $deleteFromPrimitiveList/…} and {@code $setElementOrder/…}.
 */
public final class StrategicMerge {
  private static final String DIRECTIVE = "$patch";
  private static final String RETAIN = "$retainKeys";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";

  private StrategicMerge() {}

  /** The target with the patch applied; neither argument is changed. */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch.deepCopy();
    }
    ObjectNode result =
        target != null && target.isObject()
            ? target.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    String directive = patch.path(DIRECTIVE).asText();
    if (directive.equals("delete")) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (directive.equals("replace")) {
      result.removeAll();
    }
    if (patch.has(RETAIN)) {
      List<String> retained = new ArrayList<>();
      patch.path(RETAIN).forEach(each -> retained.add(each.asText()));
      result.retain(retained);
    }
    patch.properties().forEach(field -> merge(result, field.getKey(), field.getValue()));
    return result;
  }

  private static void merge(ObjectNode result, String field, JsonNode value) {
    if (field.startsWith(DELETE_FROM)) {
      String list = field.substring(DELETE_FROM.length());
      if (result.path(list) instanceof ArrayNode old) {
        ArrayNode kept = result.arrayNode();
        old.forEach(
            each -> {
              if (value.valueStream().noneMatch(each::equals)) {
                kept.add(each);
              }
            });
        result.set(list, kept);
      }
    } else if (field.startsWith(ORDER) || field.equals(DIRECTIVE) || field.equals(RETAIN)) {
      // The order of elements is kept as it was and new ones come last: nothing here needs more.
      return;
    } else if (value.isNull()) {
      result.remove(field);
    } else if (value instanceof ArrayNode patch) {
      result.set(field, list(field, result.get(field), patch));
    } else {
      result.set(field, apply(result.get(field), value));
    }
  }

  private static JsonNode list(String field, JsonNode old, ArrayNode patch) {
    if (ListKeys.isSet(field)) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      if (old != null) {
        old.forEach(all::add);
      }
      patch.forEach(
          each -> {
            if (all.valueStream().noneMatch(each::equals)) {
              all.add(each);
            }
          });
      return all;
    }
    Optional<String> key = ListKeys.of(field, old, patch);
    if (key.isEmpty()) {
      return withoutDirectives(patch);
    }
    boolean replace =
        patch.valueStream().anyMatch(each -> each.path(DIRECTIVE).asText().equals("replace"));
    Map<String, JsonNode> elements = new LinkedHashMap<>();
    if (old != null && !replace) {
      old.forEach(each -> elements.put(each.path(key.get()).asText(), each));
    }
    for (JsonNode each : patch) {
      if (!each.has(key.get())) {
        continue;
      }
      String id = each.path(key.get()).asText();
      if (each.path(DIRECTIVE).asText().equals("delete")) {
        elements.remove(id);
      } else {
        elements.put(id, apply(elements.get(id), each));
      }
    }
    ArrayNode merged = JsonNodeFactory.instance.arrayNode();
    elements.values().forEach(merged::add);
    return merged;
  }

  private static JsonNode withoutDirectives(ArrayNode patch) {
    ArrayNode plain = JsonNodeFactory.instance.arrayNode();
    for (JsonNode each : patch) {
      if (!each.path(DIRECTIVE).isTextual()) {
        plain.add(each.deepCopy());
      }
    }
    return plain;
  }
}
