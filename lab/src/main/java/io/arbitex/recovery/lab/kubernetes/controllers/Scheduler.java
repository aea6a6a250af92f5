package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.EventRecorder;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Gives pods to nodes, when their claims are there. Room is not counted. */
final class Scheduler implements Controller {
  private final Registry registry;
  private final EventRecorder events;
  private final Clock clock;

  Scheduler(Registry registry, EventRecorder events, Clock clock) {
    this.registry = registry;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void reconcile() {
    for (ObjectNode pod : registry.all(ResourceTypes.POD, "")) {
      boolean open = pod.at("/spec/nodeName").asText("").isEmpty() && !Meta.isBeingDeleted(pod);
      if (open) {
        Optional<String> obstacle = obstacle(pod);
        if (obstacle.isPresent()) {
          cannot(pod, obstacle.get());
        } else {
          place(pod);
        }
      }
    }
  }

  private Optional<String> obstacle(ObjectNode pod) {
    for (String name : Claims.of(pod)) {
      Optional<ObjectNode> claim =
          registry.find(new ObjectKey(ResourceTypes.CLAIM, Meta.namespace(pod), name));
      if (claim.isEmpty()) {
        return Optional.of("persistentvolumeclaim \"" + name + "\" not found");
      }
      if (Meta.isBeingDeleted(claim.get())) {
        return Optional.of("persistentvolumeclaim \"" + name + "\" is being deleted");
      }
      if (claim.get().at("/status/phase").asText().equals("Lost")) {
        return Optional.of(
            "persistentvolumeclaim \"" + name + "\" bound to non-existent persistentvolume");
      }
      if (!Claims.isBound(claim.get())) {
        return Optional.of("pod has unbound immediate PersistentVolumeClaims");
      }
    }
    return Optional.empty();
  }

  private void place(ObjectNode pod) {
    Map<String, Long> pods =
        registry.all(ResourceTypes.POD, "").stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.at("/spec/nodeName").asText(""), Collectors.counting()));
    Optional<String> node =
        registry.all(ResourceTypes.NODE, "").stream()
            .filter(each -> !each.at("/spec/unschedulable").asBoolean())
            .filter(each -> hasLabels(each, pod.at("/spec/nodeSelector")))
            .map(Meta::name)
            .min(
                Comparator.<String, Long>comparing(each -> pods.getOrDefault(each, 0L))
                    .thenComparing(Comparator.naturalOrder()));
    if (node.isEmpty()) {
      cannot(pod, "0 nodes are available: none is schedulable or matches the pod's node selector");
      return;
    }
    registry.amend(
        ObjectKey.of(ResourceTypes.POD, pod),
        each -> {
          each.withObject("/spec").put("nodeName", node.get());
          condition(each, "True", "", "");
        });
    events.normal(
        pod,
        "Scheduled",
        "Successfully assigned "
            + Meta.namespace(pod)
            + "/"
            + Meta.name(pod)
            + " to "
            + node.get());
  }

  private static boolean hasLabels(JsonNode node, JsonNode selector) {
    return selector.properties().stream()
        .allMatch(
            each ->
                node.path("metadata").path("labels").path(each.getKey()).equals(each.getValue()));
  }

  private void cannot(ObjectNode pod, String why) {
    registry.amend(
        ObjectKey.of(ResourceTypes.POD, pod),
        each -> condition(each, "False", "Unschedulable", why));
    events.warn(pod, "FailedScheduling", why);
  }

  private void condition(ObjectNode pod, String value, String reason, String message) {
    List<JsonNode> conditions = pod.at("/status/conditions").valueStream().toList();
    for (JsonNode each : conditions) {
      boolean same =
          each.path("type").asText().equals("PodScheduled")
              && each.path("status").asText().equals(value)
              && each.path("message").asText("").equals(message);
      if (same) {
        return;
      }
    }
    ObjectNode condition =
        pod.withObject("/status")
            .putArray("conditions")
            .addObject()
            .put("type", "PodScheduled")
            .put("status", value)
            .put("lastTransitionTime", Meta.time(clock.instant()));
    if (!reason.isEmpty()) {
      condition.put("reason", reason).put("message", message);
    }
  }
}
