package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What names one object.
 *
 * @param namespace empty for what belongs to the whole cluster
 */
public record ObjectKey(ResourceType type, String namespace, String name) {
  public static ObjectKey of(ResourceType type, JsonNode object) {
    return new ObjectKey(type, type.namespaced() ? Meta.namespace(object) : "", Meta.name(object));
  }

  /** Of something that belongs to the whole cluster. */
  public static ObjectKey of(ResourceType type, String name) {
    return new ObjectKey(type, "", name);
  }

  @Override
  public String toString() {
    return type.qualified() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
  }
}
