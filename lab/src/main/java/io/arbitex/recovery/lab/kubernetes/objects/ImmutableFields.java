package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;

/** Refuses changes of what an API server does not let change. */
public final class ImmutableFields {
  private static final String IMMUTABLE = "Invalid value: field is immutable";
  private static final String STATEFUL_SET =
      "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals',"
          + " 'template', 'updateStrategy', 'revisionHistoryLimit',"
          + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  private static final String CLAIM =
      "Forbidden: spec is immutable after creation except resources.requests and"
          + " volumeAttributesClassName for bound claims";
  private static final String POD =
      "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
          + " `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations`"
          + " (only additions to existing tolerations),"
          + " `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously"
          + " negative)";
  private static final List<String> VOLUME_SOURCES =
      List.of("csi", "hostPath", "local", "nfs", "azureDisk", "azureFile");

  private ImmutableFields() {}

  /**
   * Compares an object with what it is to become, both with their defaults.
   *
   * @throws ApiFailure 422 when something changes that may not
   */
  public static void check(ObjectKey key, JsonNode old, JsonNode young) {
    switch (key.type().kind()) {
      case "Deployment", "ReplicaSet" -> same(key, old, young, "/spec/selector");
      case "StatefulSet" -> {
        if (!without(
                old,
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds")
            .equals(
                without(
                    young,
                    "replicas",
                    "ordinals",
                    "template",
                    "updateStrategy",
                    "revisionHistoryLimit",
                    "persistentVolumeClaimRetentionPolicy",
                    "minReadySeconds"))) {
          throw ApiFailure.invalid(key, "spec", STATEFUL_SET);
        }
      }
      case "PersistentVolumeClaim" -> claim(key, old, young);
      case "PersistentVolume" ->
          VOLUME_SOURCES.forEach(source -> same(key, old, young, "/spec/" + source));
      case "Pod" -> {
        if (!podSpec(old).equals(podSpec(young))) {
          throw ApiFailure.invalid(key, "spec", POD);
        }
      }
      case "Job" ->
          List.of("/spec/selector", "/spec/template", "/spec/completions")
              .forEach(path -> same(key, old, young, path));
      case "Secret", "ConfigMap" -> {
        if (old.path("immutable").asBoolean()) {
          List.of("/data", "/binaryData", "/immutable")
              .forEach(path -> same(key, old, young, path));
        }
        same(key, old, young, "/type");
      }
      case "StorageClass" ->
          List.of("/provisioner", "/parameters", "/reclaimPolicy", "/volumeBindingMode")
              .forEach(path -> same(key, old, young, path));
      case "Service" -> {
        if (old.at("/spec").hasNonNull("clusterIP")) {
          same(key, old, young, "/spec/clusterIP");
        }
      }
      default -> {
        // All else may change.
      }
    }
  }

  private static void claim(ObjectKey key, JsonNode old, JsonNode young) {
    ObjectNode before = without(old, "resources", "volumeAttributesClassName");
    ObjectNode after = without(young, "resources", "volumeAttributesClassName");
    if (!before.hasNonNull("volumeName")) {
      // The binder writes it once.
      before.remove("volumeName");
      after.remove("volumeName");
    }
    if (!before.equals(after)) {
      throw ApiFailure.invalid(key, "spec", CLAIM);
    }
  }

  private static ObjectNode podSpec(JsonNode pod) {
    ObjectNode spec = without(pod, "activeDeadlineSeconds", "tolerations");
    for (String list : List.of("containers", "initContainers")) {
      spec.path(list).forEach(each -> ((ObjectNode) each).remove("image"));
    }
    return spec;
  }

  private static ObjectNode without(JsonNode object, String... fields) {
    JsonNode spec = object.path("spec");
    ObjectNode copy = spec.isObject() ? spec.deepCopy() : Meta.JSON.createObjectNode();
    copy.remove(List.of(fields));
    return copy;
  }

  private static void same(ObjectKey key, JsonNode old, JsonNode young, String path) {
    if (!Objects.equals(old.at(path), young.at(path))) {
      throw ApiFailure.invalid(key, path.substring(1).replace('/', '.'), IMMUTABLE);
    }
  }
}
