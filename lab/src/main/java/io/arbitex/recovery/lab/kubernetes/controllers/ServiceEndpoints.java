package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.LabelSelector;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.util.List;
import java.util.Optional;

/** Keeps the addresses of the pods behind each service; node ports lead to those. */
final class ServiceEndpoints implements Controller {
  private final Registry registry;

  ServiceEndpoints(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    for (ObjectNode service : registry.all(ResourceTypes.SERVICE, "")) {
      if (service.at("/spec/selector").isObject() && !Meta.isBeingDeleted(service)) {
        keep(service);
      }
    }
    for (ObjectNode each : registry.all(ResourceTypes.ENDPOINTS, "")) {
      ObjectKey service =
          new ObjectKey(ResourceTypes.SERVICE, Meta.namespace(each), Meta.name(each));
      if (registry.find(service).isEmpty()) {
        registry.delete(ObjectKey.of(ResourceTypes.ENDPOINTS, each), DeleteOptions.DEFAULT);
      }
    }
  }

  private void keep(ObjectNode service) {
    ObjectNode selector = Meta.JSON.createObjectNode();
    selector.set("matchLabels", service.at("/spec/selector"));
    List<ObjectNode> pods =
        registry.all(ResourceTypes.POD, Meta.namespace(service)).stream()
            .filter(LabelSelector.of(selector))
            .filter(Pods::isActive)
            .filter(pod -> !pod.at("/status/podIP").asText("").isEmpty())
            .toList();
    ArrayNode subsets = Meta.JSON.createArrayNode();
    if (!pods.isEmpty()) {
      ObjectNode subset = subsets.addObject();
      ArrayNode ready = Meta.JSON.createArrayNode();
      ArrayNode notReady = Meta.JSON.createArrayNode();
      pods.forEach(pod -> (Pods.isReady(pod) ? ready : notReady).add(address(pod)));
      if (!ready.isEmpty()) {
        subset.set("addresses", ready);
      }
      if (!notReady.isEmpty()) {
        subset.set("notReadyAddresses", notReady);
      }
      ArrayNode ports = subset.putArray("ports");
      for (JsonNode port : service.at("/spec/ports")) {
        ObjectNode each =
            ports.addObject().put("port", target(port, pods.get(0))).put("protocol", "TCP");
        if (port.hasNonNull("name")) {
          each.set("name", port.path("name"));
        }
      }
    }
    ObjectKey key =
        new ObjectKey(ResourceTypes.ENDPOINTS, Meta.namespace(service), Meta.name(service));
    Optional<ObjectNode> kept = registry.amend(key, each -> each.set("subsets", subsets));
    if (kept.isEmpty()) {
      ObjectNode endpoints = Meta.JSON.createObjectNode();
      endpoints.putObject("metadata").put("name", Meta.name(service));
      endpoints.set("subsets", subsets);
      registry.create(ResourceTypes.ENDPOINTS, Meta.namespace(service), endpoints, false);
    }
  }

  private static ObjectNode address(JsonNode pod) {
    ObjectNode address =
        Meta.JSON
            .createObjectNode()
            .put("ip", pod.at("/status/podIP").asText())
            .put("nodeName", pod.at("/spec/nodeName").asText());
    address
        .putObject("targetRef")
        .put("kind", "Pod")
        .put("namespace", Meta.namespace(pod))
        .put("name", Meta.name(pod))
        .put("uid", Meta.uid(pod));
    return address;
  }

  private static int target(JsonNode port, JsonNode pod) {
    JsonNode target = port.path("targetPort");
    if (target.isTextual() && !target.asText().matches("\\d+")) {
      for (JsonNode container : pod.at("/spec/containers")) {
        for (JsonNode each : container.path("ports")) {
          if (each.path("name").asText().equals(target.asText())) {
            return each.path("containerPort").asInt();
          }
        }
      }
    }
    return target.asInt(port.path("port").asInt());
  }
}
