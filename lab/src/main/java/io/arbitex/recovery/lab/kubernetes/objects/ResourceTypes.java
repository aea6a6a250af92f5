package io.arbitex.recovery.lab.kubernetes.objects;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds that the lab's API server stores. */
public final class ResourceTypes {
  public static final ResourceType NAMESPACE = cluster("", "v1", "Namespace", "namespaces", "ns");
  public static final ResourceType NODE = cluster("", "v1", "Node", "nodes", "no");
  public static final ResourceType PERSISTENT_VOLUME =
      cluster("", "v1", "PersistentVolume", "persistentvolumes", "pv");
  public static final ResourceType POD = namespaced("", "v1", "Pod", "pods", "po");
  public static final ResourceType CLAIM =
      namespaced("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc");
  public static final ResourceType SERVICE = namespaced("", "v1", "Service", "services", "svc");
  public static final ResourceType ENDPOINTS = plain("", "v1", "Endpoints", "endpoints", "ep");
  public static final ResourceType SECRET = plain("", "v1", "Secret", "secrets");
  public static final ResourceType CONFIG_MAP = plain("", "v1", "ConfigMap", "configmaps", "cm");
  public static final ResourceType SERVICE_ACCOUNT =
      plain("", "v1", "ServiceAccount", "serviceaccounts", "sa");
  public static final ResourceType RESOURCE_QUOTA =
      namespaced("", "v1", "ResourceQuota", "resourcequotas", "quota");
  public static final ResourceType EVENT = plain("", "v1", "Event", "events", "ev");
  public static final ResourceType DEPLOYMENT =
      scaled("apps", "Deployment", "deployments", "deploy");
  public static final ResourceType REPLICA_SET = scaled("apps", "ReplicaSet", "replicasets", "rs");
  public static final ResourceType STATEFUL_SET =
      scaled("apps", "StatefulSet", "statefulsets", "sts");
  public static final ResourceType CONTROLLER_REVISION =
      plain("apps", "v1", "ControllerRevision", "controllerrevisions");
  public static final ResourceType JOB = namespaced("batch", "v1", "Job", "jobs");
  public static final ResourceType CRON_JOB =
      namespaced("batch", "v1", "CronJob", "cronjobs", "cj");
  public static final ResourceType AUTOSCALER =
      namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa");
  public static final ResourceType STORAGE_CLASS =
      new ResourceType(
          "storage.k8s.io",
          "v1",
          "StorageClass",
          "storageclasses",
          false,
          List.of("sc"),
          false,
          false);
  public static final ResourceType VOLUME_ATTACHMENT =
      cluster("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments");
  public static final ResourceType LEASE = plain("coordination.k8s.io", "v1", "Lease", "leases");
  public static final ResourceType DISRUPTION_BUDGET =
      namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb");
  public static final ResourceType INGRESS =
      namespaced("networking.k8s.io", "v1", "Ingress", "ingresses", "ing");

  private static final ResourceType CUSTOM_RESOURCE_DEFINITION =
      cluster(
          "apiextensions.k8s.io",
          "v1",
          "CustomResourceDefinition",
          "customresourcedefinitions",
          "crd");
  private static final ResourceType SCALED_OBJECT =
      namespaced("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects", "so");
  private static final ResourceType APPLICATION =
      plain("argoproj.io", "v1alpha1", "Application", "applications", "app");

  /** Those that every cluster has. */
  public static final List<ResourceType> BUILT_IN =
      List.of(
          NAMESPACE,
          NODE,
          PERSISTENT_VOLUME,
          POD,
          CLAIM,
          SERVICE,
          ENDPOINTS,
          SECRET,
          CONFIG_MAP,
          SERVICE_ACCOUNT,
          RESOURCE_QUOTA,
          EVENT,
          DEPLOYMENT,
          REPLICA_SET,
          STATEFUL_SET,
          CONTROLLER_REVISION,
          JOB,
          CRON_JOB,
          AUTOSCALER,
          STORAGE_CLASS,
          VOLUME_ATTACHMENT,
          LEASE,
          DISRUPTION_BUDGET,
          INGRESS,
          CUSTOM_RESOURCE_DEFINITION);

  /** Those that are served once somebody has made their definition, and only stored. */
  private static final List<ResourceType> CUSTOM = List.of(SCALED_OBJECT, APPLICATION);

  public static final List<ResourceType> ALL =
      Stream.concat(BUILT_IN.stream(), CUSTOM.stream()).toList();

  private ResourceTypes() {}

  /** The type at this place of the API. */
  public static Optional<ResourceType> find(String apiVersion, String plural) {
    return ALL.stream()
        .filter(type -> type.apiVersion().equals(apiVersion) && type.plural().equals(plural))
        .findFirst();
  }

  /** The type of this kind. */
  public static Optional<ResourceType> ofKind(String apiVersion, String kind) {
    return ALL.stream()
        .filter(type -> type.apiVersion().equals(apiVersion) && type.kind().equals(kind))
        .findFirst();
  }

  /** The definition without which a type is not served; empty for one that every cluster has. */
  public static Optional<ObjectKey> definitionOf(ResourceType type) {
    return CUSTOM.contains(type)
        ? Optional.of(ObjectKey.of(CUSTOM_RESOURCE_DEFINITION, type.qualified()))
        : Optional.empty();
  }

  /** All API versions that every cluster has, the core group's first. */
  public static List<String> apiVersions() {
    return BUILT_IN.stream().map(ResourceType::apiVersion).distinct().collect(Collectors.toList());
  }

  private static ResourceType cluster(
      String group, String version, String kind, String plural, String... shortNames) {
    return new ResourceType(group, version, kind, plural, false, List.of(shortNames), true, false);
  }

  private static ResourceType namespaced(
      String group, String version, String kind, String plural, String... shortNames) {
    return new ResourceType(group, version, kind, plural, true, List.of(shortNames), true, false);
  }

  private static ResourceType plain(
      String group, String version, String kind, String plural, String... shortNames) {
    return new ResourceType(group, version, kind, plural, true, List.of(shortNames), false, false);
  }

  private static ResourceType scaled(String group, String kind, String plural, String shortName) {
    return new ResourceType(group, "v1", kind, plural, true, List.of(shortName), true, true);
  }
}
