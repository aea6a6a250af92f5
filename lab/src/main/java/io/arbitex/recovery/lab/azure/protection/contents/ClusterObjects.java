package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;

/** Objects of any kind as they stand in a cluster, by its API. */
public final class ClusterObjects {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;

  public ClusterObjects(KubernetesClient client) {
    this.client = client;
  }

  List<ObjectNode> list(ResourceType type, String namespace) {
    var all = client.genericKubernetesResources(Kinds.context(type));
    List<GenericKubernetesResource> items =
        namespace.isEmpty() ? all.list().getItems() : all.inNamespace(namespace).list().getItems();
    return items.stream().map(this::node).toList();
  }

  Optional<ObjectNode> find(ResourceType type, String namespace, String name) {
    return Optional.ofNullable(at(type, namespace, name).get()).map(this::node);
  }

  private Resource<GenericKubernetesResource> at(ResourceType type, String namespace, String name) {
    var all = client.genericKubernetesResources(Kinds.context(type));
    return namespace.isEmpty() ? all.withName(name) : all.inNamespace(namespace).withName(name);
  }

  void create(ResourceType type, String namespace, ObjectNode object) {
    GenericKubernetesResource resource =
        client
            .getKubernetesSerialization()
            .unmarshal(object.toString(), GenericKubernetesResource.class);
    var all = client.genericKubernetesResources(Kinds.context(type));
    if (namespace.isEmpty()) {
      all.resource(resource).create();
    } else {
      all.inNamespace(namespace).resource(resource).create();
    }
  }

  /** Sets what the object says, and leaves what it does not name. */
  void patch(ResourceType type, String namespace, String name, ObjectNode object) {
    at(type, namespace, name).patch(PatchContext.of(PatchType.JSON_MERGE), object.toString());
  }

  private ObjectNode node(GenericKubernetesResource resource) {
    try {
      return (ObjectNode) JSON.readTree(client.getKubernetesSerialization().asJson(resource));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the client writes what is no JSON", e);
    }
  }
}
