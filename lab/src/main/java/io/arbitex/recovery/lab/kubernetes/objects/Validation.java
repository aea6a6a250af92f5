package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses objects that an API server would refuse; only what a client of the lab can get wrong. */
public final class Validation {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
  private static final int LONGEST_NAME = 253;

  private Validation() {}

  /**
   * Checks an object that has its defaults.
   *
   * @throws ApiFailure 422 for what may not be
   */
  public static void check(ObjectKey key, JsonNode object) {
    if (key.name().isEmpty()) {
      throw ApiFailure.invalid(
          key, "metadata.name", "Required value: name or generateName is required");
    }
    if (key.name().length() > LONGEST_NAME || !NAME.matcher(key.name()).matches()) {
      throw ApiFailure.invalid(
          key,
          "metadata.name",
          "Invalid value: \"" + key.name() + "\": a lowercase RFC 1123 subdomain is required");
    }
    switch (key.type().kind()) {
      case "Pod" -> pod(key, object.path("spec"), "spec");
      case "Deployment", "ReplicaSet", "StatefulSet" -> workload(key, object.path("spec"));
      case "PersistentVolumeClaim" -> {
        if (object.at("/spec/accessModes").isEmpty()) {
          throw ApiFailure.invalid(
              key, "spec.accessModes", "Required value: at least 1 access mode is required");
        }
        if (object.at("/spec/resources/requests/storage").asText("").isEmpty()) {
          throw ApiFailure.invalid(key, "spec.resources[storage]", "Required value");
        }
      }
      case "PersistentVolume" -> {
        if (object.at("/spec/capacity/storage").asText("").isEmpty()) {
          throw ApiFailure.invalid(key, "spec.capacity", "Required value");
        }
      }
      case "Service" -> service(key, object.path("spec"));
      case "ResourceQuota" -> quota(key, object.path("spec"));
      case "Job" -> {
        if (object.at("/spec/template/spec/restartPolicy").asText().equals("Always")) {
          throw ApiFailure.invalid(
              key,
              "spec.template.spec.restartPolicy",
              "Required value: valid values: \"OnFailure\", \"Never\"");
        }
        pod(key, object.at("/spec/template/spec"), "spec.template.spec");
      }
      default -> {
        // Nothing more is asked of the other kinds.
      }
    }
  }

  private static void service(ObjectKey key, JsonNode spec) {
    if (spec.path("type").asText().equals("NodePort")) {
      for (JsonNode port : spec.path("ports")) {
        int number = port.path("nodePort").asInt();
        if (number < 1 || number > 65_535) {
          throw ApiFailure.invalid(
              key,
              "spec.ports.nodePort",
              "Required value: 1-65535, the lab allocates none by itself");
        }
      }
    }
  }

  private static void quota(ObjectKey key, JsonNode spec) {
    JsonNode pods = spec.path("hard").path("pods");
    if (!pods.isMissingNode() && !pods.asText().matches("\\d{1,9}")) {
      throw ApiFailure.invalid(
          key, "spec.hard[pods]", "Invalid value: " + pods + ": must be an integer, 0 or more");
    }
    if (!spec.path("scopes").isEmpty() || spec.hasNonNull("scopeSelector")) {
      throw ApiFailure.invalid(
          key, "spec.scopes", "Forbidden: the lab's quotas count all pods of their namespace");
    }
  }

  private static void workload(ObjectKey key, JsonNode spec) {
    if (spec.path("replicas").asInt() < 0) {
      throw ApiFailure.invalid(
          key,
          "spec.replicas",
          "Invalid value: " + spec.path("replicas") + ": must be greater than or equal to 0");
    }
    if (!spec.path("selector").isObject() || spec.path("selector").isEmpty()) {
      throw ApiFailure.invalid(key, "spec.selector", "Required value");
    }
    if (!LabelSelector.of(spec.path("selector")).test(spec.path("template"))) {
      throw ApiFailure.invalid(
          key,
          "spec.template.metadata.labels",
          "Invalid value: `selector` does not match template `labels`");
    }
    pod(key, spec.at("/template/spec"), "spec.template.spec");
  }

  private static void pod(ObjectKey key, JsonNode spec, String path) {
    if (spec.path("containers").isEmpty()) {
      throw ApiFailure.invalid(key, path + ".containers", "Required value");
    }
    if (!spec.path("initContainers").isEmpty()) {
      // Silently leaving them out would be a lie.
      throw ApiFailure.invalid(
          key, path + ".initContainers", "Forbidden: the lab's nodes run no init containers");
    }
    Set<String> volumes = new HashSet<>();
    spec.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
    if (key.type().equals(ResourceTypes.STATEFUL_SET)) {
      // Its claims become volumes of each pod; they are checked there.
      return;
    }
    Set<String> names = new HashSet<>();
    for (JsonNode container : spec.path("containers")) {
      String name = container.path("name").asText();
      if (name.isEmpty()) {
        throw ApiFailure.invalid(key, path + ".containers[0].name", "Required value");
      }
      if (!names.add(name)) {
        throw ApiFailure.invalid(
            key, path + ".containers[" + name + "].name", "Duplicate value: \"" + name + "\"");
      }
      if (container.path("image").asText("").isEmpty()) {
        throw ApiFailure.invalid(key, path + ".containers[" + name + "].image", "Required value");
      }
      for (JsonNode mount : container.path("volumeMounts")) {
        if (!volumes.contains(mount.path("name").asText())) {
          throw ApiFailure.invalid(
              key,
              path + ".containers[" + name + "].volumeMounts",
              "Not found: \"" + mount.path("name").asText() + "\"");
        }
      }
    }
  }
}
