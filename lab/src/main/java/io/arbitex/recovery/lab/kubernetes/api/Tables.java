package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lists as the tables that kubectl prints. */
final class Tables {
  private record Column(String name, Function<JsonNode, String> value) {}

  private static final Map<String, List<Column>> COLUMNS =
      Map.of(
          "Pod",
              List.of(
                  new Column("Ready", Tables::readyContainers),
                  new Column("Status", Tables::podStatus),
                  new Column("Restarts", Tables::restarts)),
          "Deployment",
              List.of(
                  new Column("Ready", Tables::readyReplicas),
                  at("Up-to-date", "/status/updatedReplicas", "0"),
                  at("Available", "/status/availableReplicas", "0")),
          "StatefulSet", List.of(new Column("Ready", Tables::readyReplicas)),
          "ReplicaSet",
              List.of(
                  at("Desired", "/spec/replicas", "0"),
                  at("Current", "/status/replicas", "0"),
                  at("Ready", "/status/readyReplicas", "0")),
          "PersistentVolumeClaim",
              List.of(
                  new Column("Status", claim -> phase(claim, "Pending")),
                  at("Volume", "/spec/volumeName", ""),
                  at("Capacity", "/status/capacity/storage", ""),
                  at("Access Modes", "/spec/accessModes/0", ""),
                  at("StorageClass", "/spec/storageClassName", "")),
          "PersistentVolume",
              List.of(
                  at("Capacity", "/spec/capacity/storage", ""),
                  at("Access Modes", "/spec/accessModes/0", ""),
                  at("Reclaim Policy", "/spec/persistentVolumeReclaimPolicy", ""),
                  new Column("Status", volume -> phase(volume, "Available")),
                  new Column(
                      "Claim",
                      volume ->
                          volume.at("/spec/claimRef/namespace").asText("")
                              + "/"
                              + volume.at("/spec/claimRef/name").asText("")),
                  at("StorageClass", "/spec/storageClassName", "")),
          "Node", List.of(new Column("Status", node -> "Ready")),
          "Namespace", List.of(new Column("Status", each -> phase(each, "Active"))),
          "Event",
              List.of(
                  at("Type", "/type", ""),
                  at("Reason", "/reason", ""),
                  at("Object", "/involvedObject/name", ""),
                  at("Message", "/message", "")));

  private Tables() {}

  /** Whether the client prefers a table. */
  static boolean wanted(String accept) {
    return accept != null && accept.contains("as=Table");
  }

  /** The table of a list's items. */
  static ObjectNode of(ResourceType type, List<ObjectNode> items, String revision, Instant now) {
    ObjectNode table =
        Meta.JSON.createObjectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", revision);
    ArrayNode columns = table.putArray("columnDefinitions");
    List<Column> own = COLUMNS.getOrDefault(type.kind(), List.of());
    column(columns, "Name");
    own.forEach(each -> column(columns, each.name()));
    column(columns, "Age");
    ArrayNode rows = table.putArray("rows");
    for (ObjectNode item : items) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells").add(Meta.name(item));
      own.forEach(each -> cells.add(each.value().apply(item)));
      cells.add(age(item, now));
      row.set("object", item);
    }
    return table;
  }

  private static void column(ArrayNode columns, String name) {
    columns
        .addObject()
        .put("name", name)
        .put("type", "string")
        .put("format", name.equals("Name") ? "name" : "")
        .put("description", name)
        .put("priority", 0);
  }

  private static Column at(String name, String path, String absent) {
    return new Column(name, object -> object.at(path).asText(absent));
  }

  private static String phase(JsonNode object, String absent) {
    return Meta.isBeingDeleted(object) ? "Terminating" : object.at("/status/phase").asText(absent);
  }

  private static String readyReplicas(JsonNode workload) {
    return workload.at("/status/readyReplicas").asInt()
        + "/"
        + workload.at("/spec/replicas").asInt();
  }

  private static String readyContainers(JsonNode pod) {
    int ready = 0;
    for (JsonNode each : pod.at("/status/containerStatuses")) {
      ready += each.path("ready").asBoolean() ? 1 : 0;
    }
    return ready + "/" + pod.at("/spec/containers").size();
  }

  private static String podStatus(JsonNode pod) {
    if (Meta.isBeingDeleted(pod)) {
      return "Terminating";
    }
    for (JsonNode each : pod.at("/status/containerStatuses")) {
      String waiting = each.at("/state/waiting/reason").asText("");
      if (!waiting.isEmpty()) {
        return waiting;
      }
    }
    return pod.at("/status/phase").asText("Unknown");
  }

  private static String restarts(JsonNode pod) {
    int restarts = 0;
    for (JsonNode each : pod.at("/status/containerStatuses")) {
      restarts += each.path("restartCount").asInt();
    }
    return Integer.toString(restarts);
  }

  private static String age(JsonNode object, Instant now) {
    String created = object.at("/metadata/creationTimestamp").asText("");
    if (created.isEmpty()) {
      return "<unknown>";
    }
    Duration age = Duration.between(Instant.parse(created), now);
    if (age.toMinutes() < 2) {
      return age.toSeconds() + "s";
    }
    return age.toHours() < 2 ? age.toMinutes() + "m" : age.toHours() + "h";
  }
}
