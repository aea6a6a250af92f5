package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.ArrayList;
import java.util.List;

/** Reads what a backup takes, kind by kind: it is of no single moment, as Velero's is not. */
public final class ReadCluster {
  private final ClusterObjects cluster;
  private final Selection selection;

  public ReadCluster(ClusterObjects cluster, Selection selection) {
    this.cluster = cluster;
    this.selection = selection;
  }

  /** The namespaces that are there and taken. */
  public List<ObjectNode> namespaces() {
    return cluster.list(ResourceTypes.NAMESPACE, "").stream()
        .filter(each -> selection.takesNamespace(name(each)))
        .toList();
  }

  /** Those that were asked for and are not there. */
  public List<String> missing(List<ObjectNode> there) {
    List<String> names = there.stream().map(ReadCluster::name).toList();
    return selection.includedNamespaces().stream().filter(each -> !names.contains(each)).toList();
  }

  /** The objects as they are, in the order in which they are restored. */
  public List<ObjectNode> objects(List<ObjectNode> namespaces) {
    List<ObjectNode> objects = new ArrayList<>();
    if (selection.clusterScope()) {
      for (ResourceType type : Kinds.clusterScope()) {
        take(type, "", objects);
      }
    }
    for (ResourceType type : Kinds.namespaced()) {
      for (ObjectNode namespace : namespaces) {
        take(type, name(namespace), objects);
      }
    }
    return objects;
  }

  /** The volume that a claim is bound to; null when it is bound to none. */
  public ObjectNode volume(ObjectNode claim) {
    String name = claim.at("/spec/volumeName").asText("");
    return claim.at("/status/phase").asText().equals("Bound") && !name.isEmpty()
        ? cluster.find(ResourceTypes.PERSISTENT_VOLUME, "", name).orElse(null)
        : null;
  }

  private void take(ResourceType type, String namespace, List<ObjectNode> into) {
    if (selection.takesType(type)) {
      cluster.list(type, namespace).stream()
          .filter(selection::takesLabels)
          .filter(each -> !isLeftOut(each))
          .forEach(into::add);
    }
  }

  /** What its owner makes anew, what has ended, what belongs to the one cluster. */
  private static boolean isLeftOut(ObjectNode object) {
    for (JsonNode owner : object.at("/metadata/ownerReferences")) {
      if (owner.path("controller").asBoolean()) {
        return true;
      }
    }
    String phase = object.at("/status/phase").asText();
    return object.at("/metadata/deletionTimestamp").isTextual()
        || object.at("/status/completionTime").isTextual()
        || phase.equals("Succeeded")
        || phase.equals("Failed")
        || object.path("type").asText().equals("kubernetes.io/service-account-token");
  }

  private static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }
}
