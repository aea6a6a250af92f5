package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** Works out a pod's status from its containers. */
final class PodStatus {
  private PodStatus() {}

  static ObjectNode of(
      ObjectNode pod,
      List<ContainerRun> containers,
      String podIp,
      BiPredicate<ObjectNode, ContainerRun> restartable,
      Instant now) {
    ObjectNode status =
        pod.path("status").isObject()
            ? pod.path("status").deepCopy()
            : Meta.JSON.createObjectNode();
    boolean allStarted = containers.stream().allMatch(each -> each.isRunning() || each.hasEnded());
    boolean allOver =
        containers.stream()
            .allMatch(each -> each.hasEnded() && !restartable.test(pod, each) && !each.isRunning());
    boolean allReady = containers.stream().allMatch(ContainerRun::isReady);
    String phase = "Pending";
    if (allOver) {
      phase = containers.stream().allMatch(each -> each.exitCode() == 0) ? "Succeeded" : "Failed";
    } else if (allStarted) {
      phase = "Running";
    } else if (status.path("phase").asText().equals("Running")) {
      phase = "Running";
    }
    status.put("phase", phase).put("hostIP", "127.0.0.1").put("podIP", podIp);
    status.putArray("podIPs").addObject().put("ip", podIp);
    if (!status.has("startTime")) {
      status.put("startTime", Meta.time(now));
    }
    ArrayNode statuses = Meta.JSON.createArrayNode();
    for (JsonNode spec : pod.at("/spec/containers")) {
      for (ContainerRun each : containers) {
        if (each.name().equals(spec.path("name").asText())) {
          statuses.add(each.status(spec.path("image").asText(), restartable.test(pod, each)));
        }
      }
    }
    status.set("containerStatuses", statuses);
    boolean ready = allReady && !Meta.isBeingDeleted(pod);
    Map<String, Boolean> conditions = new LinkedHashMap<>();
    conditions.put("PodScheduled", true);
    conditions.put("Initialized", true);
    conditions.put("ContainersReady", ready);
    conditions.put("Ready", ready);
    status.set("conditions", conditions(pod, conditions, phase, now));
    return status;
  }

  private static ArrayNode conditions(
      ObjectNode pod, Map<String, Boolean> wanted, String phase, Instant now) {
    ArrayNode all = Meta.JSON.createArrayNode();
    wanted.forEach(
        (type, holds) -> {
          String value = holds ? "True" : "False";
          ObjectNode condition = all.addObject().put("type", type).put("status", value);
          condition.put("lastTransitionTime", Meta.time(now));
          for (JsonNode old : pod.at("/status/conditions")) {
            boolean same =
                old.path("type").asText().equals(type) && old.path("status").asText().equals(value);
            if (same) {
              condition.set("lastTransitionTime", old.path("lastTransitionTime"));
            }
          }
          if (!holds) {
            condition.put(
                "reason", phase.equals("Succeeded") ? "PodCompleted" : "ContainersNotReady");
          }
        });
    return all;
  }
}
