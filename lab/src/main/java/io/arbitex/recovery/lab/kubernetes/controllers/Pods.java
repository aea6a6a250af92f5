package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.LabelSelector;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the controllers of workloads ask of pods. */
final class Pods {
  private Pods() {}

  /** The pods that this workload controls, in any state. */
  static List<ObjectNode> of(Registry registry, JsonNode owner) {
    LabelSelector selector = LabelSelector.of(owner.at("/spec/selector"));
    return registry.all(ResourceTypes.POD, Meta.namespace(owner)).stream()
        .filter(selector)
        .filter(pod -> Meta.controllerUid(pod).filter(Meta.uid(owner)::equals).isPresent())
        .toList();
  }

  /** Whether it counts as a replica: not over, and not going. */
  static boolean isActive(JsonNode pod) {
    return !isOver(pod) && !Meta.isBeingDeleted(pod);
  }

  static boolean isOver(JsonNode pod) {
    return List.of("Succeeded", "Failed").contains(pod.at("/status/phase").asText());
  }

  static boolean isReady(JsonNode pod) {
    return !condition(pod).isEmpty();
  }

  /** Whether it has been ready for so long. */
  static boolean isAvailable(JsonNode pod, int minReadySeconds, Instant now) {
    String since = condition(pod);
    return !since.isEmpty()
        && (minReadySeconds == 0
            || Duration.between(Instant.parse(since), now).toSeconds() >= minReadySeconds);
  }

  /** Since when it is ready; empty when it is not. */
  private static String condition(JsonNode pod) {
    for (JsonNode each : pod.at("/status/conditions")) {
      if (each.path("type").asText().equals("Ready")
          && each.path("status").asText().equals("True")) {
        return each.path("lastTransitionTime").asText();
      }
    }
    return "";
  }

  /** A pod as the template says, that the owner controls; without a name. */
  static ObjectNode fromTemplate(ResourceType ownerType, JsonNode owner) {
    JsonNode template = owner.at("/spec/template");
    ObjectNode pod = Meta.JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = pod.putObject("metadata");
    for (String field : List.of("labels", "annotations", "finalizers")) {
      if (template.path("metadata").has(field)) {
        metadata.set(field, template.path("metadata").path(field).deepCopy());
      }
    }
    metadata.putArray("ownerReferences").add(Meta.controlledBy(ownerType, owner));
    pod.set("spec", template.path("spec").deepCopy());
    return pod;
  }
}
