package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;

/** Clusters as Azure tells of them: what was ordered, and how it is. */
final class ClusterDocument {
  private final String subscription;

  ClusterDocument(String subscription) {
    this.subscription = subscription;
  }

  ObjectNode of(ManagedCluster cluster) {
    String type = Namespace.CONTAINER_SERVICE.text() + "/managedClusters";
    ObjectNode document =
        ArmAnswer.object()
            .put(
                "id",
                "/subscriptions/"
                    + subscription
                    + "/resourceGroups/"
                    + cluster.resourceGroup()
                    + "/providers/"
                    + type
                    + "/"
                    + cluster.name())
            .put("name", cluster.name())
            .put("type", type)
            .put("location", cluster.location())
            .put("eTag", cluster.etag());
    document.set("tags", cluster.tags().isObject() ? cluster.tags() : ArmAnswer.object());
    ObjectNode properties = cluster.properties().deepCopy();
    document.set("properties", properties);
    String state = cluster.state().text();
    String power = cluster.state() == ManagedCluster.State.STOPPED ? "Stopped" : "Running";
    properties.put("provisioningState", state).putObject("powerState").put("code", power);
    properties.put("fqdn", "127.0.0.1");
    for (JsonNode pool : properties.path("agentPoolProfiles")) {
      ((ObjectNode) pool)
          .put("provisioningState", state)
          .putObject("powerState")
          .put("code", power);
    }
    return document;
  }
}
