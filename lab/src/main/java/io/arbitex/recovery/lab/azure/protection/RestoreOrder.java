package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.protection.contents.Selection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a restore is to do.
 *
 * @param target resource id of the cluster
 * @param namespaces other names that namespaces get
 * @param patches whether objects that are there are changed; else they stay
 * @param withVolumeData whether claims get copies of their volumes
 */
public record RestoreOrder(
    String point,
    String target,
    Selection selection,
    Map<String, String> namespaces,
    boolean patches,
    boolean withVolumeData) {
  private static final String REQUEST = "AzureBackupRecoveryPointBasedRestoreRequest";
  private static final String TARGET = "ItemLevelRestoreTargetInfo";
  private static final String CRITERIA = "KubernetesClusterRestoreCriteria";
  private static final Set<String> CONFLICTS = Set.of("Skip", "Patch");
  private static final Set<String> VOLUMES =
      Set.of("RestoreWithVolumeData", "RestoreWithoutVolumeData");

  public RestoreOrder {
    namespaces = Map.copyOf(namespaces);
  }

  /**
   * As a request says it.
   *
   * @throws IllegalArgumentException when it is none that restores a cluster's recovery point
   */
  public static RestoreOrder of(JsonNode request) {
    JsonNode info = request.path("restoreTargetInfo");
    JsonNode criteria = info.at("/restoreCriteria/0");
    demand(request.path("objectType"), Set.of(REQUEST), "objectType");
    demand(info.path("objectType"), Set.of(TARGET), "restoreTargetInfo.objectType");
    demand(criteria.path("objectType"), Set.of(CRITERIA), "restoreCriteria[0].objectType");
    String conflicts = criteria.path("conflictPolicy").asText("Skip");
    String volumes = criteria.path("persistentVolumeRestoreMode").asText("RestoreWithVolumeData");
    if (!CONFLICTS.contains(conflicts) || !VOLUMES.contains(volumes)) {
      throw new IllegalArgumentException(
          "conflictPolicy is one of "
              + CONFLICTS
              + ", persistentVolumeRestoreMode one of "
              + VOLUMES
              + ".");
    }
    String point = request.path("recoveryPointId").asText();
    String target = info.at("/datasourceInfo/resourceID").asText();
    if (point.isEmpty() || target.isEmpty()) {
      throw new IllegalArgumentException(
          "recoveryPointId and restoreTargetInfo.datasourceInfo.resourceID are needed.");
    }
    Map<String, String> namespaces = new LinkedHashMap<>();
    criteria
        .path("namespaceMappings")
        .properties()
        .forEach(each -> namespaces.put(each.getKey(), each.getValue().asText()));
    return new RestoreOrder(
        point,
        target,
        Selection.of(criteria),
        namespaces,
        conflicts.equals("Patch"),
        volumes.equals("RestoreWithVolumeData"));
  }

  private static void demand(JsonNode there, Set<String> wanted, String name) {
    if (!wanted.contains(there.asText())) {
      throw new IllegalArgumentException(
          "'" + there.asText() + "' is no " + name + " here, but " + wanted + ".");
    }
  }

  /** The name that a namespace has in the target. */
  String renamed(String namespace) {
    return namespaces.getOrDefault(namespace, namespace);
  }
}
