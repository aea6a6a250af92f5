package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.protection.Warning;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts objects into a cluster, one after the other. What this very job has put there before a kill
 * is not touched again.
 */
public final class ApplyObjects {
  private static final int CONFLICT = 409;

  private final ClusterObjects cluster;
  private final String job;
  private final String point;
  private final boolean patches;
  private final List<Warning> warnings = new ArrayList<>();
  private int applied;
  private int skipped;

  /**
   * @param job that restores
   * @param patches whether what is there is changed to what is restored; else it stays
   */
  public ApplyObjects(ClusterObjects cluster, String job, String point, boolean patches) {
    this.cluster = cluster;
    this.job = job;
    this.point = point;
    this.patches = patches;
  }

  public List<Warning> warnings() {
    return List.copyOf(warnings);
  }

  /** How many are there now because of the job. */
  public int applied() {
    return applied;
  }

  /** How many were there, or were refused. */
  public int skipped() {
    return skipped;
  }

  /**
   * Whether a namespace is there.
   *
   * @throws KubernetesClientException when the cluster does not answer
   */
  public boolean hasNamespace(String name) {
    return cluster.find(ResourceTypes.NAMESPACE, "", name).isPresent();
  }

  /** Whether an object of its kind and name is there. */
  public boolean isThere(ObjectNode object) {
    return cluster
        .find(
            Kinds.of(object).orElseThrow(),
            object.at("/metadata/namespace").asText(""),
            object.at("/metadata/name").asText())
        .isPresent();
  }

  /** Makes a namespace. */
  public void makeNamespace(ObjectNode namespace) {
    // Its finalizer in the spec is the cluster's own.
    ObjectNode portable = namespace.deepCopy();
    portable.remove("spec");
    cluster.create(ResourceTypes.NAMESPACE, "", PortableObject.marked(portable, job, point));
  }

  /** Makes the volume of a claim, if it is not there. */
  public void makeVolume(ObjectNode volume) {
    String name = volume.at("/metadata/name").asText();
    if (cluster.find(ResourceTypes.PERSISTENT_VOLUME, "", name).isEmpty()) {
      cluster.create(
          ResourceTypes.PERSISTENT_VOLUME, "", PortableObject.marked(volume, job, point));
    }
  }

  /**
   * Puts one object there, or says in a warning why not.
   *
   * @throws KubernetesClientException when the cluster does not answer at all
   */
  public void apply(ObjectNode object) {
    ResourceType type = Kinds.of(object).orElseThrow();
    String namespace = object.at("/metadata/namespace").asText("");
    String name = object.at("/metadata/name").asText();
    ObjectNode marked = PortableObject.marked(object, job, point);
    try {
      Optional<ObjectNode> there = cluster.find(type, namespace, name);
      if (there.isEmpty() && create(type, namespace, marked)) {
        applied++;
      } else {
        onto(type, object, marked, cluster.find(type, namespace, name).orElseThrow());
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0) {
        throw e;
      }
      warn(object, e.getMessage());
    }
  }

  /** False when somebody was faster, such as the controller of service accounts. */
  private boolean create(ResourceType type, String namespace, ObjectNode object) {
    try {
      cluster.create(type, namespace, object);
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  private void onto(ResourceType type, ObjectNode object, ObjectNode marked, ObjectNode there) {
    if (there.at("/metadata/labels").path(PortableObject.MADE_BY).asText().equals(job)) {
      applied++;
    } else if (PortableObject.of(there).equals(PortableObject.of(object))) {
      skipped++;
    } else if (patches) {
      cluster.patch(
          type,
          object.at("/metadata/namespace").asText(""),
          object.at("/metadata/name").asText(),
          marked);
      applied++;
    } else {
      warn(object, "it is there already, and is another than in the recovery point");
    }
  }

  /** Says that an object was left out. */
  public void warn(JsonNode object, String why) {
    skipped++;
    warnings.add(new Warning("KubernetesBackupGenericWarning", Contents.place(object), why));
  }
}
