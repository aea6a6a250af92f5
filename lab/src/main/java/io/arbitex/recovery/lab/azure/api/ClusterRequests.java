package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.ManagedCluster;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** What becomes of a request for managed clusters. */
public final class ClusterRequests implements Provider {
  private static final String TYPE = "managedclusters";
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?";
  private static final int MOST_NODES = 10;

  private final Clusters clusters;
  private final Operations operations;
  private final LongRunning longRunning;
  private final ClusterDocument documents;
  private final ClusterChanges changes;

  public ClusterRequests(
      Clusters clusters, Operations operations, LongRunning longRunning, String subscription) {
    this.clusters = clusters;
    this.operations = operations;
    this.longRunning = longRunning;
    this.documents = new ClusterDocument(subscription);
    this.changes = new ClusterChanges(clusters, operations);
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.CONTAINER_SERVICE
        && path.type().split("/")[0].equals(TYPE);
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    return clusters.find(path.resourceGroup(), path.top()).map(documents::of);
  }

  @Override
  public synchronized ArmAnswer answer(ArmRequest request, String base) throws IOException {
    ArmPath path = request.path();
    String what = request.method() + " " + path.type() + (path.isOne() ? "" : " (all)");
    return switch (what) {
      case "GET managedclusters (all)" ->
          ArmAnswer.list(
              clusters.all().stream()
                  .filter(
                      each ->
                          path.resourceGroup().isEmpty()
                              || each.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
                  .map(documents::of)
                  .toList());
      case "GET managedclusters" -> ArmAnswer.of(200, documents.of(there(path)));
      case "PUT managedclusters" -> put(request, base);
      case "PATCH managedclusters" ->
          ArmAnswer.of(200, documents.of(changes.tag(request, there(path))));
      case "POST managedclusters/stop (all)" -> power(request, Operation.Kind.STOP_CLUSTER, base);
      case "POST managedclusters/start (all)" -> power(request, Operation.Kind.START_CLUSTER, base);
      case "DELETE managedclusters" -> delete(request, base);
      case "POST managedclusters/listclusteradmincredential (all)" ->
          credential(there(path), "clusterAdmin");
      case "POST managedclusters/listclusterusercredential (all)" ->
          credential(there(path), "clusterUser");
      default -> throw request.notAllowed();
    };
  }

  private ManagedCluster there(ArmPath path) {
    return clusters
        .find(path.resourceGroup(), path.top())
        .orElseThrow(
            () ->
                ArmFailure.notFound(
                    path.namespace().text() + "/managedClusters/" + path.top(),
                    path.resourceGroup()));
  }

  private static ArmAnswer credential(ManagedCluster cluster, String name) throws IOException {
    if (cluster.state() != ManagedCluster.State.SUCCEEDED) {
      throw ClusterChanges.conflict("'" + cluster.name() + "' is " + cluster.state().text() + ".");
    }
    ObjectNode body = ArmAnswer.object();
    body.putArray("kubeconfigs")
        .addObject()
        .put("name", name)
        .put(
            "value",
            Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(cluster.kubeconfig()))));
    return ArmAnswer.of(200, body);
  }

  private ArmAnswer put(ArmRequest request, String base) throws IOException {
    ArmPath path = request.path();
    JsonNode pools = request.properties().path("agentPoolProfiles");
    Optional<ManagedCluster> found = clusters.named(path.top());
    if (found.isPresent()) {
      if ("*".equals(request.ifNoneMatch())) {
        throw ClusterChanges.changed("If-None-Match", found.get());
      }
      return again(path, found.get(), pools);
    }
    String location = request.body().path("location").asText();
    int nodes = 0;
    for (JsonNode each : pools) {
      nodes += each.path("count").asInt(1);
    }
    if (!path.top().matches(NAME) || location.isEmpty() || nodes < 1 || nodes > MOST_NODES) {
      throw ArmFailure.invalid(
          "A cluster has a name, a location, and 1 to " + MOST_NODES + " nodes in its pools.");
    }
    if (!clusters.canMake()) {
      throw ArmFailure.invalid("The lab makes no clusters: it was started without an image file.");
    }
    ManagedCluster cluster =
        clusters.reserve(
            path.resourceGroup(),
            path.top(),
            location,
            request.body().hasNonNull("tags") ? request.body().get("tags") : ArmAnswer.object(),
            request.properties(),
            nodes);
    return begun(
        operations.begin(
            Operation.Kind.MAKE_CLUSTER, cluster.target(), path.text(), Map.of(), request.fate()),
        cluster,
        201,
        documents.of(cluster),
        base);
  }

  /** Of one that is there: the same order again is fine, another one is not done here. */
  private ArmAnswer again(ArmPath path, ManagedCluster cluster, JsonNode pools) {
    if (!cluster.resourceGroup().equalsIgnoreCase(path.resourceGroup())) {
      throw ClusterChanges.conflict(
          "The lab has a cluster of that name in another resource group.");
    }
    changes.refuseBusy(cluster);
    if (!pools.equals(cluster.properties().path("agentPoolProfiles"))) {
      throw ArmFailure.invalid("The lab does not change the agent pools of a cluster.");
    }
    return ArmAnswer.of(200, documents.of(cluster));
  }

  private ArmAnswer power(ArmRequest request, Operation.Kind kind, String base) {
    ManagedCluster cluster = there(request.path());
    return begun(changes.power(request, kind, cluster), cluster, 202, null, base);
  }

  private ArmAnswer delete(ArmRequest request, String base) {
    Optional<ManagedCluster> found =
        clusters.find(request.path().resourceGroup(), request.path().top());
    if (found.isEmpty()) {
      return ArmAnswer.of(204, null);
    }
    ManagedCluster cluster = found.get();
    if (cluster.wasGiven()) {
      throw ClusterChanges.conflict("The lab was given this cluster and does not end it.");
    }
    ClusterChanges.refuseChanged(request, cluster);
    changes.refuseBusy(cluster);
    clusters.put(cluster.withState(ManagedCluster.State.DELETING));
    return begun(
        operations.begin(
            Operation.Kind.DELETE_CLUSTER, cluster.target(), null, Map.of(), request.fate()),
        cluster,
        202,
        null,
        base);
  }

  private ArmAnswer begun(
      Operation operation, ManagedCluster cluster, int status, ObjectNode body, String base) {
    return longRunning.begun(
        operation, Namespace.CONTAINER_SERVICE, cluster.location(), status, body, base);
  }
}
