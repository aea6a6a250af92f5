package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What the parts that look after volumes ask of claims. */
final class Claims {
  static final String WAITS_FOR_POD = "WaitForFirstConsumer";

  private Claims() {}

  /** The names of the claims that a pod uses. */
  static Set<String> of(JsonNode pod) {
    Set<String> names = new HashSet<>();
    for (JsonNode volume : pod.at("/spec/volumes")) {
      String name = volume.at("/persistentVolumeClaim/claimName").asText("");
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** Whether a pod that has not ended uses the claim. */
  static boolean isInUse(Registry registry, JsonNode claim) {
    return registry.all(ResourceTypes.POD, Meta.namespace(claim)).stream()
        .filter(pod -> !Pods.isOver(pod))
        .anyMatch(pod -> of(pod).contains(Meta.name(claim)));
  }

  static boolean isBound(JsonNode claim) {
    return claim.at("/status/phase").asText().equals("Bound");
  }

  /** The class of a claim or a volume; empty for none. */
  static String className(JsonNode object) {
    return object.at("/spec/storageClassName").asText("");
  }

  static Optional<ObjectNode> storageClass(Registry registry, JsonNode claim) {
    return className(claim).isEmpty()
        ? Optional.empty()
        : registry.find(ObjectKey.of(ResourceTypes.STORAGE_CLASS, className(claim)));
  }

  /** Whether the claim is only bound when a pod wants it, and none does. */
  static boolean waitsForPod(Registry registry, JsonNode claim) {
    return storageClass(registry, claim)
            .filter(each -> each.path("volumeBindingMode").asText().equals(WAITS_FOR_POD))
            .isPresent()
        && !isInUse(registry, claim);
  }
}
