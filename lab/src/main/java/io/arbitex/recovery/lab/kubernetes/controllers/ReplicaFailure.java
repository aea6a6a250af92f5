package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Instant;

/** The condition of a workload whose pods are refused; there is none while they are not. */
final class ReplicaFailure {
  private static final String TYPE = "ReplicaFailure";

  private ReplicaFailure() {}

  /** The condition that the object has; an empty object when it has none. */
  static ObjectNode of(JsonNode workload) {
    for (JsonNode each : workload.at("/status/conditions")) {
      if (each.path("type").asText().equals(TYPE)) {
        return each.deepCopy();
      }
    }
    return Meta.JSON.createObjectNode();
  }

  /**
   * The condition of one that was refused just now or is still.
   *
   * @param before the condition that it had, or an empty object
   */
  static ObjectNode because(String message, JsonNode before, Instant now) {
    return Meta.JSON
        .createObjectNode()
        .put("type", TYPE)
        .put("status", "True")
        .put("reason", "FailedCreate")
        .put("message", message)
        .put("lastTransitionTime", before.path("lastTransitionTime").asText(Meta.time(now)));
  }
}
