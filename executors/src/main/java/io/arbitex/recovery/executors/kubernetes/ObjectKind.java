package io.arbitex.recovery.executors.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** Kinds of objects that a recovery changes. */
public enum ObjectKind {
  DEPLOYMENT("apps", "v1", "Deployment", "deployments"),
  STATEFULSET("apps", "v1", "StatefulSet", "statefulsets"),
  REPLICASET("apps", "v1", "ReplicaSet", "replicasets"),
  CRONJOB("batch", "v1", "CronJob", "cronjobs"),
  SECRET("", "v1", "Secret", "secrets"),
  CLAIM("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
  /** Of the whole cluster, not of a namespace. */
  VOLUME("", "v1", "PersistentVolume", "persistentvolumes"),
  SCALED_OBJECT("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
  ARGO_APPLICATION("argoproj.io", "v1alpha1", "Application", "applications");

  private final String group;
  private final String version;
  private final String kind;
  private final String plural;

  ObjectKind(String group, String version, String kind, String plural) {
    this.group = group;
    this.version = version;
    this.kind = kind;
    this.plural = plural;
  }

  public String group() {
    return group;
  }

  public String plural() {
    return plural;
  }

  ResourceDefinitionContext definition() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(!isOfCluster())
        .build();
  }

  boolean isOfCluster() {
    return this == VOLUME;
  }
}
