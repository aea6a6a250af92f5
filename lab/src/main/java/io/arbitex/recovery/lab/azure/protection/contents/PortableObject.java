package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An object without what belongs to the cluster it is in, as Velero leaves it out. */
public final class PortableObject {
  /** By which Velero says what made an object. */
  static final String MADE_BY = "velero.io/restore-name";

  private static final String MADE_FROM = "velero.io/backup-name";
  private static final List<String> LIFE =
      List.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "managedFields",
          "selfLink",
          "ownerReferences",
          "finalizers");
  private static final List<String> CLAIM_ANNOTATIONS =
      List.of(
          "pv.kubernetes.io/bind-completed",
          "pv.kubernetes.io/bound-by-controller",
          "volume.kubernetes.io/selected-node",
          "volume.kubernetes.io/storage-provisioner",
          "volume.beta.kubernetes.io/storage-provisioner");
  private static final List<String> JOB_LABELS =
      List.of(
          "controller-uid",
          "batch.kubernetes.io/controller-uid",
          "job-name",
          "batch.kubernetes.io/job-name");

  private PortableObject() {}

  /** Without its status, its life in the cluster, and what the cluster has given it. */
  public static ObjectNode of(ObjectNode object) {
    ObjectNode portable = object.deepCopy();
    portable.remove("status");
    ObjectNode metadata = portable.withObject("/metadata");
    metadata.remove(LIFE);
    unmark(metadata);
    ObjectNode spec = portable.path("spec").isObject() ? (ObjectNode) portable.get("spec") : null;
    switch (object.path("kind").asText()) {
      case "PersistentVolumeClaim" -> claim(metadata, spec);
      case "Service" -> service(spec);
      case "Job" -> job(metadata, spec);
      case "Pod" -> spec.remove(List.of("nodeName"));
      default -> {
        // Nothing of the cluster stands in its spec.
      }
    }
    return portable;
  }

  private static void claim(ObjectNode metadata, ObjectNode spec) {
    spec.remove("volumeName");
    without(metadata, "annotations", CLAIM_ANNOTATIONS);
  }

  private static void service(ObjectNode spec) {
    // A headless service says None, which is no address.
    if (!spec.path("clusterIP").asText().equals("None")) {
      spec.remove(List.of("clusterIP", "clusterIPs"));
    }
  }

  private static void job(ObjectNode metadata, ObjectNode spec) {
    spec.remove("selector");
    without(metadata, "labels", JOB_LABELS);
    JsonNode template = spec.at("/template/metadata");
    if (template.isObject()) {
      without((ObjectNode) template, "labels", JOB_LABELS);
    }
  }

  private static void unmark(ObjectNode metadata) {
    without(metadata, "labels", List.of(MADE_BY, MADE_FROM));
  }

  private static void without(ObjectNode metadata, String map, List<String> names) {
    if (metadata.path(map).isObject()) {
      ObjectNode entries = (ObjectNode) metadata.get(map);
      entries.remove(names);
      if (entries.isEmpty()) {
        metadata.remove(map);
      }
    }
  }

  /** The same, saying what made it, so that it is known again after a kill. */
  static ObjectNode marked(ObjectNode portable, String job, String point) {
    ObjectNode marked = portable.deepCopy();
    marked.withObject("/metadata/labels").put(MADE_BY, job).put(MADE_FROM, point);
    return marked;
  }
}
