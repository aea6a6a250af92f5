package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Works out a deployment's status from its replica sets. */
final class DeploymentStatus {
  private DeploymentStatus() {}

  static ObjectNode of(JsonNode deployment, List<ObjectNode> sets, Instant now) {
    int desired = deployment.at("/spec/replicas").asInt();
    int replicas = sum(sets, "replicas");
    int available = sum(sets, "availableReplicas");
    int updated =
        sum(
            sets.stream()
                .filter(
                    set ->
                        PodTemplates.areSame(
                            set.at("/spec/template"), deployment.at("/spec/template")))
                .toList(),
            "replicas");
    ObjectNode status = Meta.JSON.createObjectNode();
    status.put("observedGeneration", Meta.generation(deployment));
    status.put("replicas", replicas).put("updatedReplicas", updated);
    status.put("readyReplicas", sum(sets, "readyReplicas")).put("availableReplicas", available);
    status.put("unavailableReplicas", Math.max(0, Math.max(desired, replicas) - available));
    int unavailable =
        RolloutPlan.share(
            deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asText("0"),
            desired,
            false);
    boolean complete = updated == desired && replicas == desired && available == desired;
    ArrayNode conditions = status.putArray("conditions");
    boolean enough = available >= desired - unavailable;
    condition(
        conditions,
        deployment,
        "Available",
        enough,
        enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        now);
    boolean late = !complete && isLate(deployment, replicas, updated, available, now);
    condition(
        conditions,
        deployment,
        "Progressing",
        !late,
        late
            ? "ProgressDeadlineExceeded"
            : complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
        now);
    keepProgressTime(conditions, deployment, replicas, updated, available, now);
    sets.stream()
        .map(ReplicaFailure::of)
        .filter(failure -> !failure.isEmpty())
        .findFirst()
        .ifPresent(conditions::add);
    return status;
  }

  private static int sum(List<ObjectNode> sets, String field) {
    return sets.stream().mapToInt(set -> set.path("status").path(field).asInt()).sum();
  }

  private static boolean isLate(
      JsonNode deployment, int replicas, int updated, int available, Instant now) {
    if (moved(deployment, replicas, updated, available)) {
      return false;
    }
    String last = old(deployment, "Progressing").path("lastUpdateTime").asText("");
    return !last.isEmpty()
        && Duration.between(Instant.parse(last), now).toSeconds()
            > deployment.at("/spec/progressDeadlineSeconds").asInt(600);
  }

  private static boolean moved(JsonNode deployment, int replicas, int updated, int available) {
    JsonNode before = deployment.path("status");
    return before.path("observedGeneration").asLong() != Meta.generation(deployment)
        || before.path("replicas").asInt() != replicas
        || before.path("updatedReplicas").asInt() != updated
        || before.path("availableReplicas").asInt() != available;
  }

  private static void keepProgressTime(
      ArrayNode conditions,
      JsonNode deployment,
      int replicas,
      int updated,
      int available,
      Instant now) {
    String last = old(deployment, "Progressing").path("lastUpdateTime").asText("");
    boolean progress = last.isEmpty() || moved(deployment, replicas, updated, available);
    ((ObjectNode) conditions.get(1)).put("lastUpdateTime", progress ? Meta.time(now) : last);
  }

  private static JsonNode old(JsonNode object, String type) {
    for (JsonNode each : object.at("/status/conditions")) {
      if (each.path("type").asText().equals(type)) {
        return each;
      }
    }
    return Meta.JSON.createObjectNode();
  }

  private static void condition(
      ArrayNode conditions,
      JsonNode object,
      String type,
      boolean holds,
      String reason,
      Instant now) {
    String value = holds ? "True" : "False";
    JsonNode before = old(object, type);
    boolean same = before.path("status").asText().equals(value);
    conditions
        .addObject()
        .put("type", type)
        .put("status", value)
        .put("reason", reason)
        .put(
            "lastTransitionTime",
            same ? before.path("lastTransitionTime").asText() : Meta.time(now));
  }
}
