package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of objects that are backed up, in the order in which they are restored: what others
 * need comes first. What a controller makes by itself (replica sets, endpoints, events) is not
 * among them. Volumes come with their claims.
 */
final class Kinds {
  private static final List<ResourceType> CLUSTER_SCOPE = List.of(ResourceTypes.STORAGE_CLASS);
  private static final List<ResourceType> NAMESPACED =
      List.of(
          ResourceTypes.SERVICE_ACCOUNT,
          ResourceTypes.SECRET,
          ResourceTypes.CONFIG_MAP,
          ResourceTypes.CLAIM,
          ResourceTypes.SERVICE,
          ResourceTypes.DEPLOYMENT,
          ResourceTypes.STATEFUL_SET,
          ResourceTypes.CRON_JOB,
          ResourceTypes.JOB,
          ResourceTypes.POD,
          ResourceTypes.AUTOSCALER,
          ResourceTypes.DISRUPTION_BUDGET,
          ResourceTypes.INGRESS,
          ResourceTypes.RESOURCE_QUOTA);

  private Kinds() {}

  static List<ResourceType> clusterScope() {
    return CLUSTER_SCOPE;
  }

  static List<ResourceType> namespaced() {
    return NAMESPACED;
  }

  /** The kind of an object; empty for one that is not restored by itself. */
  static Optional<ResourceType> of(JsonNode object) {
    return Stream.concat(CLUSTER_SCOPE.stream(), NAMESPACED.stream())
        .filter(each -> each.apiVersion().equals(object.path("apiVersion").asText()))
        .filter(each -> each.kind().equals(object.path("kind").asText()))
        .findFirst();
  }

  /** Whether a request means a kind: {@code apps/v1/Deployment}, {@code deployments.apps}. */
  static boolean isMeant(ResourceType type, String text) {
    return Stream.of(
            type.apiVersion() + "/" + type.kind(), type.qualified(), type.kind(), type.plural())
        .anyMatch(text::equalsIgnoreCase);
  }

  static ResourceDefinitionContext context(ResourceType type) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(type.group())
        .withVersion(type.version())
        .withKind(type.kind())
        .withPlural(type.plural())
        .withNamespaced(type.namespaced())
        .build();
  }
}
