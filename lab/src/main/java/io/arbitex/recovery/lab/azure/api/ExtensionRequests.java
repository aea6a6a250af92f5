package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.Extension;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.clusters.Permits;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import java.util.Map;
import java.util.Optional;

/** What becomes of a request for extensions of managed clusters. */
public final class ExtensionRequests implements Provider {
  private static final String TYPE = "extensions";
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

  private final Clusters clusters;
  private final Permits permits;
  private final Operations operations;
  private final LongRunning longRunning;

  public ExtensionRequests(
      Clusters clusters, Permits permits, Operations operations, LongRunning longRunning) {
    this.clusters = clusters;
    this.permits = permits;
    this.operations = operations;
    this.longRunning = longRunning;
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.KUBERNETES_CONFIGURATION
        && path.type().equals(TYPE)
        && !path.scope().isEmpty();
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    return permits.extension(cluster(path), path.top()).map(each -> document(path, each));
  }

  @Override
  public synchronized ArmAnswer answer(ArmRequest request, String base) {
    ArmPath path = request.path();
    ManagedCluster cluster = cluster(path);
    return switch (request.method() + (path.isOne() ? "" : " (all)")) {
      case "GET (all)" ->
          ArmAnswer.list(
              permits.extensions(cluster).stream().map(each -> document(path, each)).toList());
      case "GET" ->
          ArmAnswer.of(
              200,
              at(path)
                  .orElseThrow(
                      () ->
                          ArmFailure.notFound(
                              path.namespace().text() + "/extensions/" + path.top(),
                              path.resourceGroup())));
      case "PUT" -> put(request, cluster, base);
      case "DELETE" -> {
        refuseBusy(cluster, path);
        permits.extension(cluster, path.top()).ifPresent(permits::remove);
        yield ArmAnswer.of(204, null);
      }
      default -> throw request.notAllowed();
    };
  }

  private ManagedCluster cluster(ArmPath path) {
    ArmPath scope = ArmPath.of(path.scope());
    return Optional.of(scope)
        .filter(it -> it.type().equals("managedclusters") && it.isOne())
        .flatMap(it -> clusters.find(it.resourceGroup(), it.top()))
        .orElseThrow(() -> ArmFailure.notFound(path.scope(), path.resourceGroup()));
  }

  private void refuseBusy(ManagedCluster cluster, ArmPath path) {
    boolean isBusy =
        permits
            .extension(cluster, path.top())
            .filter(each -> operations.isBusy(Permits.target(each)))
            .isPresent();
    if (isBusy || cluster.state() != ManagedCluster.State.SUCCEEDED) {
      throw ArmFailure.of(
          409, "Conflict", "Another operation is in progress on '" + cluster.name() + "'.");
    }
  }

  private ArmAnswer put(ArmRequest request, ManagedCluster cluster, String base) {
    ArmPath path = request.path();
    if (!path.top().matches(NAME) || !request.properties().hasNonNull("extensionType")) {
      throw ArmFailure.invalid("An extension has a name and an extensionType.");
    }
    refuseBusy(cluster, path);
    Extension extension =
        new Extension(cluster.name(), path.top(), request.properties(), Extension.State.CREATING);
    permits.put(extension);
    Operation operation =
        operations.begin(
            Operation.Kind.INSTALL_EXTENSION,
            Permits.target(extension),
            path.text(),
            Map.of(),
            request.fate());
    return longRunning.begunAt(
        path.text(), operation, path.namespace(), document(path, extension), base);
  }

  private static ObjectNode document(ArmPath path, Extension extension) {
    ObjectNode document =
        ArmAnswer.object()
            .put(
                "id",
                path.scope()
                    + "/providers/Microsoft.KubernetesConfiguration/extensions/"
                    + extension.name())
            .put("name", extension.name())
            .put("type", "Microsoft.KubernetesConfiguration/extensions");
    ObjectNode properties = extension.properties().deepCopy();
    document.set("properties", properties);
    properties.put("provisioningState", extension.state().text());
    properties.put("isSystemExtension", false).putArray("statuses");
    return document;
  }
}
