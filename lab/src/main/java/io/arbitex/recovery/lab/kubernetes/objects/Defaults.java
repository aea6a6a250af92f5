package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What an API server fills in where the client said nothing. */
public final class Defaults {
  private Defaults() {}

  /** Fills in an object's defaults; the object itself is changed. */
  public static void fill(ResourceType type, ObjectNode object) {
    switch (type.kind()) {
      case "Pod" -> PodDefaults.fill(object.withObject("/spec"));
      case "Deployment" -> deployment(object.withObject("/spec"));
      case "ReplicaSet" -> {
        ObjectNode spec = object.withObject("/spec");
        set(spec, "replicas", 1);
        template(spec);
      }
      case "StatefulSet" -> statefulSet(object.withObject("/spec"));
      case "Job" -> job(object.withObject("/spec"));
      case "CronJob" -> cronJob(object.withObject("/spec"));
      case "PersistentVolumeClaim" -> {
        set(object.withObject("/spec"), "volumeMode", "Filesystem");
        set(object.withObject("/status"), "phase", "Pending");
      }
      case "PersistentVolume" -> {
        ObjectNode spec = object.withObject("/spec");
        set(spec, "persistentVolumeReclaimPolicy", "Retain");
        set(spec, "volumeMode", "Filesystem");
        set(object.withObject("/status"), "phase", "Pending");
      }
      case "StorageClass" -> {
        set(object, "reclaimPolicy", "Delete");
        set(object, "volumeBindingMode", "Immediate");
      }
      case "Secret" -> secret(object);
      case "Service" -> service(object.withObject("/spec"));
      case "Namespace" -> {
        object.withObject("/metadata/labels").put("kubernetes.io/metadata.name", Meta.name(object));
        set(object.withObject("/status"), "phase", "Active");
        if (!object.at("/spec").has("finalizers")) {
          object.withObject("/spec").putArray("finalizers").add("kubernetes");
        }
      }
      case "HorizontalPodAutoscaler" -> set(object.withObject("/spec"), "minReplicas", 1);
      default -> {
        // The other kinds have none that the lab needs.
      }
    }
  }

  private static void deployment(ObjectNode spec) {
    set(spec, "replicas", 1);
    set(spec, "revisionHistoryLimit", 10);
    set(spec, "progressDeadlineSeconds", 600);
    ObjectNode strategy = spec.withObject("/strategy");
    set(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asText().equals("RollingUpdate")) {
      ObjectNode rolling = strategy.withObject("/rollingUpdate");
      set(rolling, "maxUnavailable", "25%");
      set(rolling, "maxSurge", "25%");
    }
    template(spec);
  }

  private static void statefulSet(ObjectNode spec) {
    set(spec, "replicas", 1);
    set(spec, "revisionHistoryLimit", 10);
    set(spec, "podManagementPolicy", "OrderedReady");
    ObjectNode strategy = spec.withObject("/updateStrategy");
    set(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asText().equals("RollingUpdate")) {
      set(strategy.withObject("/rollingUpdate"), "partition", 0);
    }
    ObjectNode retention = spec.withObject("/persistentVolumeClaimRetentionPolicy");
    set(retention, "whenDeleted", "Retain");
    set(retention, "whenScaled", "Retain");
    for (JsonNode each : spec.path("volumeClaimTemplates")) {
      ObjectNode claim = (ObjectNode) each;
      claim.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
      set(claim.withObject("/spec"), "volumeMode", "Filesystem");
      set(claim.withObject("/status"), "phase", "Pending");
    }
    template(spec);
  }

  private static void job(ObjectNode spec) {
    set(spec, "parallelism", 1);
    set(spec, "completions", 1);
    set(spec, "backoffLimit", 6);
    set(spec, "completionMode", "NonIndexed");
    if (!spec.has("suspend")) {
      spec.put("suspend", false);
    }
    template(spec);
  }

  private static void cronJob(ObjectNode spec) {
    set(spec, "concurrencyPolicy", "Allow");
    set(spec, "successfulJobsHistoryLimit", 3);
    set(spec, "failedJobsHistoryLimit", 1);
    if (!spec.has("suspend")) {
      spec.put("suspend", false);
    }
    template(spec.withObject("/jobTemplate/spec"));
  }

  private static void template(ObjectNode spec) {
    ObjectNode template = spec.withObject("/template");
    ObjectNode metadata = template.withObject("/metadata");
    if (!metadata.has("creationTimestamp")) {
      metadata.putNull("creationTimestamp");
    }
    PodDefaults.fill(template.withObject("/spec"));
  }

  private static void secret(ObjectNode secret) {
    set(secret, "type", "Opaque");
    JsonNode plain = secret.remove("stringData");
    if (plain != null) {
      ObjectNode data = secret.withObject("/data");
      plain
          .properties()
          .forEach(
              entry ->
                  data.put(
                      entry.getKey(),
                      Base64.getEncoder()
                          .encodeToString(
                              entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
    }
  }

  private static void service(ObjectNode spec) {
    set(spec, "type", "ClusterIP");
    set(spec, "sessionAffinity", "None");
    set(spec, "internalTrafficPolicy", "Cluster");
    for (JsonNode each : spec.path("ports")) {
      ObjectNode port = (ObjectNode) each;
      set(port, "protocol", "TCP");
      if (!port.has("targetPort")) {
        port.set("targetPort", port.path("port"));
      }
    }
  }

  static void set(ObjectNode object, String field, String value) {
    if (!object.hasNonNull(field)) {
      object.put(field, value);
    }
  }

  static void set(ObjectNode object, String field, int value) {
    if (!object.hasNonNull(field)) {
      object.put(field, value);
    }
  }

  static ArrayNode array(ObjectNode object, String field) {
    return object.path(field) instanceof ArrayNode array ? array : Meta.JSON.createArrayNode();
  }
}
