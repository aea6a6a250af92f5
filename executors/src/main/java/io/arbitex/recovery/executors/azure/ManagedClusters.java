package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpMethod;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.ResourceManager.Precondition;
import io.arbitex.recovery.record.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Managed clusters of a resource group, their extensions, and who is let into them. */
public final class ManagedClusters {
  private static final String VERSION = "2025-09-01";
  private static final String EXTENSION_VERSION = "2024-11-01";
  private static final String TYPE = "Microsoft.ContainerService/managedClusters/";

  private final ResourceManager azure;
  private final String group;

  public ManagedClusters(ResourceManager azure, String group) {
    this.azure = azure;
    this.group = group;
  }

  public ResourceManager azure() {
    return azure;
  }

  /** The resource id of one, whether there is one or not. */
  public String id(String name) {
    return azure.id(group, TYPE + name);
  }

  /** The cluster of that name; empty when Azure has none. */
  public Optional<ManagedCluster> find(String name) throws ActionFailure, InterruptedException {
    return azure.find("look for the cluster " + name, id(name), VERSION).map(ManagedCluster::of);
  }

  /** The names of all clusters of the resource group. */
  public Set<String> names() throws ActionFailure, InterruptedException {
    String all = TYPE.substring(0, TYPE.length() - 1);
    return azure.list("list the clusters of " + group, azure.id(group, all), VERSION).stream()
        .map(each -> each.path("name").asText())
        .collect(Collectors.toSet());
  }

  /**
   * Begins to make one; Azure refuses it when one is there by that name.
   *
   * @return the address of the operation, if Azure gave one
   */
  public Optional<String> beginMake(String name, ObjectNode wanted)
      throws ActionFailure, InterruptedException {
    return azure
        .order(
            "make the cluster " + name,
            HttpMethod.PUT,
            id(name),
            VERSION,
            wanted,
            Optional.of(Precondition.ABSENT))
        .operation();
  }

  /** Begins to give one these tags and no others; refused when it was changed since it was read. */
  public Optional<String> beginTags(ManagedCluster cluster, Map<String, String> tags)
      throws ActionFailure, InterruptedException {
    ObjectNode body = object();
    ObjectNode all = body.putObject("tags");
    tags.forEach(all::put);
    return azure
        .order(
            "tag the cluster " + cluster.name(),
            HttpMethod.PATCH,
            id(cluster.name()),
            VERSION,
            body,
            cluster.etag().map(Precondition::unchanged))
        .operation();
  }

  /** Begins to stop one: its machines go, its state stays. */
  public Optional<String> beginStop(String name) throws ActionFailure, InterruptedException {
    return power(name, "stop");
  }

  /** Begins to start one that was stopped. */
  public Optional<String> beginStart(String name) throws ActionFailure, InterruptedException {
    return power(name, "start");
  }

  private Optional<String> power(String name, String action)
      throws ActionFailure, InterruptedException {
    return azure
        .order(
            action + " the cluster " + name,
            HttpMethod.POST,
            id(name) + "/" + action,
            VERSION,
            null,
            Optional.empty())
        .operation();
  }

  /** Begins to delete one; refused when it was changed since it was read. */
  public Optional<String> beginDelete(ManagedCluster cluster)
      throws ActionFailure, InterruptedException {
    return azure
        .order(
            "delete the cluster " + cluster.name(),
            HttpMethod.DELETE,
            id(cluster.name()),
            VERSION,
            null,
            cluster.etag().map(Precondition::unchanged))
        .operation();
  }

  /**
   * By what its API is reached. It is a secret: never kept, never told.
   *
   * @throws ActionFailure AUTHENTICATION when Azure gives none to whoever asks
   */
  public String kubeconfig(String name) throws ActionFailure, InterruptedException {
    JsonNode said =
        azure
            .order(
                "get the credentials of the cluster " + name,
                HttpMethod.POST,
                id(name) + "/listClusterUserCredential",
                VERSION,
                null,
                Optional.empty())
            .body()
            .at("/kubeconfigs/0/value");
    if (!said.isTextual()) {
      throw ActionFailure.permanent(
          FailureCode.AUTHENTICATION,
          "Azure gives no credentials of the cluster " + name,
          "Give the pipeline's identity the role that docs/azure.md names for this.");
    }
    return new String(Base64.getDecoder().decode(said.asText()), StandardCharsets.UTF_8);
  }

  /** An extension of a cluster; empty when there is none of the name. */
  public Optional<JsonNode> extension(String cluster, String name)
      throws ActionFailure, InterruptedException {
    return azure.find(
        "look for the extension " + name + " of " + cluster,
        extensionId(cluster, name),
        EXTENSION_VERSION);
  }

  /** Begins to install an extension, or to install it again. */
  public Optional<String> beginExtension(String cluster, String name, ObjectNode wanted)
      throws ActionFailure, InterruptedException {
    return azure
        .order(
            "install the extension " + name + " of " + cluster,
            HttpMethod.PUT,
            extensionId(cluster, name),
            EXTENSION_VERSION,
            wanted,
            Optional.empty())
        .operation();
  }

  private String extensionId(String cluster, String name) {
    return id(cluster) + "/providers/Microsoft.KubernetesConfiguration/extensions/" + name;
  }

  /** Which resources of Azure are let into a cluster. */
  public List<JsonNode> trusted(String cluster) throws ActionFailure, InterruptedException {
    return azure.list(
        "list who is let into " + cluster, id(cluster) + "/trustedAccessRoleBindings", VERSION);
  }

  /** Begins to let a resource of Azure into a cluster. */
  public Optional<String> beginTrust(String cluster, String name, String source, String role)
      throws ActionFailure, InterruptedException {
    ObjectNode body = object();
    body.putObject("properties").put("sourceResourceId", source).putArray("roles").add(role);
    return azure
        .order(
            "let " + source + " into " + cluster,
            HttpMethod.PUT,
            id(cluster) + "/trustedAccessRoleBindings/" + name,
            VERSION,
            body,
            Optional.empty())
        .operation();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
