package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import java.util.ArrayList;
import java.util.List;

/**
 * Which objects a backup or a restore takes. The same words stand in both: {@code
 * KubernetesClusterBackupDatasourceParameters} and {@code KubernetesClusterRestoreCriteria}.
 *
 * @param clusterScope whether objects of the whole cluster are taken, namespaces too
 * @param includedNamespaces empty for all
 * @param includedTypes empty for all
 * @param labels each {@code key=value} or {@code key}; an object has to have all
 */
public record Selection(
    boolean clusterScope,
    List<String> includedNamespaces,
    List<String> excludedNamespaces,
    List<String> includedTypes,
    List<String> excludedTypes,
    List<String> labels) {

  public Selection {
    includedNamespaces = List.copyOf(includedNamespaces);
    excludedNamespaces = List.copyOf(excludedNamespaces);
    includedTypes = List.copyOf(includedTypes);
    excludedTypes = List.copyOf(excludedTypes);
    labels = List.copyOf(labels);
  }

  /** As a request says it. */
  public static Selection of(JsonNode said) {
    return new Selection(
        said.path("includeClusterScopeResources").asBoolean(false),
        texts(said.path("includedNamespaces")),
        texts(said.path("excludedNamespaces")),
        texts(said.path("includedResourceTypes")),
        texts(said.path("excludedResourceTypes")),
        texts(said.path("labelSelectors")));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** Whether an object of a recovery point is taken. */
  public boolean takes(JsonNode object) {
    String namespace = object.at("/metadata/namespace").asText("");
    return (namespace.isEmpty() || takesNamespace(namespace))
        && Kinds.of(object).filter(this::takesType).isPresent()
        && takesLabels(object);
  }

  /** Whether what is in a namespace is taken. */
  public boolean takesNamespace(String namespace) {
    return (includedNamespaces.isEmpty() || includedNamespaces.contains(namespace))
        && !excludedNamespaces.contains(namespace);
  }

  boolean takesType(ResourceType type) {
    return (includedTypes.isEmpty()
            || includedTypes.stream().anyMatch(each -> Kinds.isMeant(type, each)))
        && excludedTypes.stream().noneMatch(each -> Kinds.isMeant(type, each));
  }

  boolean takesLabels(JsonNode object) {
    JsonNode there = object.at("/metadata/labels");
    return labels.stream()
        .map(each -> each.split("[=:]", 2))
        .allMatch(
            parts ->
                there.has(parts[0].strip())
                    && (parts.length == 1
                        || there.path(parts[0].strip()).asText().equals(parts[1].strip())));
  }
}
