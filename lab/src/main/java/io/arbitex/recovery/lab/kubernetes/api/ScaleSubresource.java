package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.util.List;
import java.util.stream.Collectors;

/** The replicas of a workload, seen as an object of their own. */
final class ScaleSubresource {
  private ScaleSubresource() {}

  static ObjectNode of(JsonNode workload) {
    ObjectNode scale =
        Meta.JSON.createObjectNode().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      metadata.set(field, workload.path("metadata").path(field));
    }
    scale.putObject("spec").put("replicas", workload.at("/spec/replicas").asInt());
    scale
        .putObject("status")
        .put("replicas", workload.at("/status/replicas").asInt())
        .put(
            "selector",
            workload.at("/spec/selector/matchLabels").properties().stream()
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .collect(Collectors.joining(",")));
    return scale;
  }

  /** The workload with the replicas, and if it says so on the revision, of this scale. */
  static ObjectNode applied(ObjectNode workload, JsonNode scale) {
    ObjectNode result = workload.deepCopy();
    result.withObject("/spec").put("replicas", scale.at("/spec/replicas").asInt(0));
    ObjectNode metadata = result.withObject("/metadata");
    for (String field : List.of("resourceVersion", "uid")) {
      String value = scale.path("metadata").path(field).asText("");
      if (!value.isEmpty()) {
        metadata.put(field, value);
      }
    }
    return result;
  }
}
