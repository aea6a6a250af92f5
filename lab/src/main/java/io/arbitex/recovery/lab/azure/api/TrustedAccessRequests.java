package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.clusters.Permits;
import io.arbitex.recovery.lab.azure.clusters.RoleBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a request for trusted access to managed clusters. Each is done at once. */
public final class TrustedAccessRequests implements Provider {
  private static final String TYPE = "managedclusters/trustedaccessrolebindings";
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9-]{0,23}";

  private final Clusters clusters;
  private final Permits permits;
  private final String subscription;

  public TrustedAccessRequests(Clusters clusters, Permits permits, String subscription) {
    this.clusters = clusters;
    this.permits = permits;
    this.subscription = subscription;
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.CONTAINER_SERVICE && path.type().equals(TYPE);
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    ManagedCluster cluster = cluster(path);
    return permits.binding(cluster, path.child()).map(each -> document(cluster, each));
  }

  @Override
  public synchronized ArmAnswer answer(ArmRequest request, String base) {
    ArmPath path = request.path();
    ManagedCluster cluster = cluster(path);
    return switch (request.method() + (path.isOne() ? "" : " (all)")) {
      case "GET (all)" ->
          ArmAnswer.list(
              permits.bindings(cluster).stream().map(each -> document(cluster, each)).toList());
      case "GET" ->
          ArmAnswer.of(
              200,
              at(path)
                  .orElseThrow(
                      () ->
                          ArmFailure.notFound(
                              path.type() + "/" + path.child(), path.resourceGroup())));
      case "PUT" -> put(request, cluster);
      case "DELETE" -> {
        permits.binding(cluster, path.child()).ifPresent(permits::remove);
        yield ArmAnswer.of(204, null);
      }
      default -> throw request.notAllowed();
    };
  }

  private ManagedCluster cluster(ArmPath path) {
    return clusters
        .find(path.resourceGroup(), path.top())
        .orElseThrow(
            () ->
                ArmFailure.notFound(
                    path.namespace().text() + "/managedClusters/" + path.top(),
                    path.resourceGroup()));
  }

  private ArmAnswer put(ArmRequest request, ManagedCluster cluster) {
    String source = request.properties().path("sourceResourceId").asText();
    List<String> roles = new ArrayList<>();
    request.properties().path("roles").forEach(each -> roles.add(each.asText()));
    if (!request.path().child().matches(NAME) || source.isEmpty() || roles.isEmpty()) {
      throw ArmFailure.invalid("A role binding has a name, a sourceResourceId and roles.");
    }
    RoleBinding binding = new RoleBinding(cluster.name(), request.path().child(), source, roles);
    permits.put(binding);
    return ArmAnswer.of(200, document(cluster, binding));
  }

  private ObjectNode document(ManagedCluster cluster, RoleBinding binding) {
    String type = "Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings";
    ObjectNode document =
        ArmAnswer.object()
            .put(
                "id",
                "/subscriptions/"
                    + subscription
                    + "/resourceGroups/"
                    + cluster.resourceGroup()
                    + "/providers/Microsoft.ContainerService/managedClusters/"
                    + cluster.name()
                    + "/trustedAccessRoleBindings/"
                    + binding.name())
            .put("name", binding.name())
            .put("type", type);
    ObjectNode properties =
        document
            .putObject("properties")
            .put("provisioningState", "Succeeded")
            .put("sourceResourceId", binding.source());
    binding.roles().forEach(properties.putArray("roles")::add);
    return document;
  }
}
