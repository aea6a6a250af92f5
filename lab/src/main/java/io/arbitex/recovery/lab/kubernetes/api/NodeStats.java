package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kubelet says of the volumes that its pods have mounted ({@code stats/summary}), reached
 * through the API server. Of all the rest that a real one says nothing is there.
 */
final class NodeStats {
  private static final Pattern PATH = Pattern.compile("/api/v1/nodes/([^/]+)/proxy/stats/summary");

  private final Registry registry;
  private final PodRuntime runtime;

  NodeStats(Registry registry, PodRuntime runtime) {
    this.registry = registry;
    this.runtime = runtime;
  }

  /** The node that a request is about; empty for another request. */
  static Optional<String> node(String method, String path) {
    Matcher matcher = PATH.matcher(path);
    return method.equals("GET") && matcher.matches()
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  ObjectNode summary(String node) throws IOException {
    ObjectNode summary = Meta.JSON.createObjectNode();
    summary.putObject("node").put("nodeName", node);
    ArrayNode pods = summary.putArray("pods");
    for (ObjectNode pod : registry.all(ResourceTypes.POD, "")) {
      if (pod.at("/spec/nodeName").asText().equals(node)) {
        ObjectNode told = pods.addObject();
        told.putObject("podRef")
            .put("name", Meta.name(pod))
            .put("namespace", Meta.namespace(pod))
            .put("uid", Meta.uid(pod));
        volumes(pod, told.putArray("volume"));
      }
    }
    return summary;
  }

  private void volumes(JsonNode pod, ArrayNode told) throws IOException {
    for (JsonNode each : pod.at("/spec/volumes")) {
      String claim = each.at("/persistentVolumeClaim/claimName").asText("");
      Optional<ObjectNode> volume =
          registry
              .find(new ObjectKey(ResourceTypes.CLAIM, Meta.namespace(pod), claim))
              .map(found -> found.at("/spec/volumeName").asText(""))
              .filter(name -> !claim.isEmpty() && !name.isEmpty())
              .flatMap(name -> registry.find(ObjectKey.of(ResourceTypes.PERSISTENT_VOLUME, name)));
      if (volume.isPresent()) {
        long capacity =
            Quantity.getAmountInBytes(
                    Quantity.parse(volume.get().at("/spec/capacity/storage").asText("0")))
                .longValue();
        long used = runtime.usedBytes(volume.get());
        told.addObject()
            .put("name", each.path("name").asText())
            .put("capacityBytes", capacity)
            .put("usedBytes", used)
            .put("availableBytes", Math.max(0, capacity - used))
            .putObject("pvcRef")
            .put("name", claim)
            .put("namespace", Meta.namespace(pod));
      }
    }
  }
}
