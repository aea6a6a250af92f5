package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the vault is asked to restore: the objects of one namespace. Azure leaves out objects by
 * type only, not by name: where other steps restore claims, all are left out; where none does, they
 * come with their data. Pods and Jobs are left out: those that run them make them anew, and what
 * was done once must not be done again.
 */
final class RestoreRequest {
  private RestoreRequest() {}

  /** The resource id of the cluster that an instance protects. */
  static String source(JsonNode instance) {
    return instance.at("/properties/dataSourceInfo/resourceID").asText();
  }

  /**
   * The order.
   *
   * @param instance the backup instance as Azure tells of it
   * @param cluster resource id of the target
   * @param claims whether claims are restored too, with the data of their volumes
   */
  static ObjectNode of(
      JsonNode instance,
      String point,
      String cluster,
      String clusterName,
      String namespace,
      boolean claims) {
    ObjectNode order =
        object()
            .put("objectType", "AzureBackupRecoveryPointBasedRestoreRequest")
            .put("sourceDataStoreType", VaultPoint.STORE)
            .put("sourceResourceId", source(instance))
            .put("recoveryPointId", point);
    String location = instance.at("/properties/dataSourceInfo/resourceLocation").asText();
    ObjectNode info =
        order
            .putObject("restoreTargetInfo")
            .put("objectType", "ItemLevelRestoreTargetInfo")
            .put("recoveryOption", "FailIfExists")
            .put("restoreLocation", location);
    String type = "Microsoft.ContainerService/managedClusters";
    info.putObject("datasourceInfo")
        .put("objectType", "Datasource")
        .put("datasourceType", type)
        .put("resourceID", cluster)
        .put("resourceName", clusterName)
        .put("resourceLocation", location)
        .put("resourceType", type)
        .put("resourceUri", cluster);
    ObjectNode criteria =
        info.putArray("restoreCriteria")
            .addObject()
            .put("objectType", "KubernetesClusterRestoreCriteria")
            .put("includeClusterScopeResources", true)
            .put(
                "persistentVolumeRestoreMode",
                claims ? "RestoreWithVolumeData" : "RestoreWithoutVolumeData")
            .put("conflictPolicy", "Skip");
    criteria.putArray("includedNamespaces").add(namespace);
    ArrayNode excluded =
        criteria.putArray("excludedResourceTypes").add("v1/Pod").add("batch/v1/Job");
    if (!claims) {
      excluded.add("v1/PersistentVolume").add("v1/PersistentVolumeClaim");
    }
    return order;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
