package io.arbitex.recovery.lab.kubernetes.patch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * By which field the elements of a list are told apart, as the types of Kubernetes declare it. A
 * list that is not here is one value: a patch replaces it.
 */
final class ListKeys {
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry("containers", List.of("name")),
          Map.entry("initContainers", List.of("name")),
          Map.entry("env", List.of("name")),
          Map.entry("volumes", List.of("name")),
          Map.entry("volumeMounts", List.of("mountPath")),
          Map.entry("volumeDevices", List.of("devicePath")),
          Map.entry("imagePullSecrets", List.of("name")),
          Map.entry("secrets", List.of("name")),
          Map.entry("hostAliases", List.of("ip")),
          Map.entry("ownerReferences", List.of("uid")),
          Map.entry("conditions", List.of("type")),
          // Of containers by containerPort, of services by port.
          Map.entry("ports", List.of("containerPort", "port")));

  private ListKeys() {}

  /** The key of the list under this field, judged by the elements of both sides. */
  static Optional<String> of(String field, JsonNode old, JsonNode patch) {
    for (String key : KEYS.getOrDefault(field, List.of())) {
      if (allHave(old, key) && allHave(patch, key)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static boolean allHave(JsonNode list, String key) {
    if (list == null || !list.isArray()) {
      return true;
    }
    for (JsonNode each : list) {
      boolean directive = each.path("$patch").asText().equals("replace");
      if (!directive && !each.has(key)) {
        return false;
      }
    }
    return true;
  }

  /** Lists of plain values of which each stands once: finalizers. */
  static boolean isSet(String field) {
    return field.equals("finalizers");
  }
}
