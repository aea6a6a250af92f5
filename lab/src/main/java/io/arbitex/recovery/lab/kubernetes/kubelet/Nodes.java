package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.time.Instant;

/** The nodes, all on this machine. */
final class Nodes {
  private Nodes() {}

  static void register(Registry registry, int count, Instant now) {
    for (int i = 1; i <= count; i++) {
      String name = "lab-node-" + i;
      if (registry.find(ObjectKey.of(ResourceTypes.NODE, name)).isPresent()) {
        continue;
      }
      ObjectNode node = Meta.JSON.createObjectNode();
      node.putObject("metadata")
          .put("name", name)
          .putObject("labels")
          .put("kubernetes.io/hostname", name)
          .put("kubernetes.io/os", "linux");
      node.putObject("spec");
      ObjectNode status = node.putObject("status");
      status
          .putArray("addresses")
          .addObject()
          .put("type", "InternalIP")
          .put("address", "127.0.0.1");
      status
          .putArray("conditions")
          .addObject()
          .put("type", "Ready")
          .put("status", "True")
          .put("reason", "KubeletReady")
          .put("lastHeartbeatTime", Meta.time(now))
          .put("lastTransitionTime", Meta.time(now));
      status.putObject("capacity").put("cpu", "2").put("memory", "8Gi").put("pods", "110");
      status.putObject("allocatable").put("cpu", "2").put("memory", "8Gi").put("pods", "110");
      status
          .putObject("nodeInfo")
          .put("kubeletVersion", "v1.32.0-lab")
          .put("osImage", "the lab's machine")
          .put("operatingSystem", "linux");
      registry.create(ResourceTypes.NODE, "", node, false);
    }
  }
}
