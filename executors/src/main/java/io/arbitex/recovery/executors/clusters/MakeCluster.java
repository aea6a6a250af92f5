package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A new cluster, like the old one as far as Azure still knows it, where no standby is named. Its
 * name comes from the command and Azure refuses a second one, so it is made once; one of that name
 * without our tag is nobody's to touch.
 */
final class MakeCluster extends ClusterAction {
  MakeCluster(ClusterTarget target) {
    super(
        target,
        "make-cluster",
        "let Azure make a new cluster like the old one",
        true,
        Duration.ofMinutes(45));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (target.standby(context).isPresent()) {
      return Look.alreadySo();
    }
    String name = target.name(context);
    Optional<ManagedCluster> found = target.clusters(context).find(name);
    if (found.isEmpty()) {
      return Look.notYet("Azure has no cluster " + name);
    }
    refuseForeign(context, found.get());
    return found.get().isRunning()
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.CLUSTER,
                name,
                ClusterFacts.GROUP,
                target.cluster().resourceGroup(),
                ClusterFacts.ORIGIN,
                "made"))
        : Look.notYet("the cluster " + name + " is " + found.get().state());
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String name = target.name(context);
    String doing = "make the cluster " + name;
    Optional<String> operation = context.fact(ClusterFacts.MAKE_OPERATION);
    Optional<ManagedCluster> there = clusters.find(name);
    if (there.isPresent()) {
      refuseForeign(context, there.get());
    } else if (operation.isEmpty()) {
      operation = order(context, clusters, name);
    }
    OperationWait.end(context, clusters.azure(), operation, doing);
    until(context, clusters, name, doing, ManagedCluster::isRunning);
  }

  private Optional<String> order(ActionContext context, ManagedClusters clusters, String name)
      throws ActionFailure, InterruptedException {
    Optional<ManagedCluster> old = clusters.find(ClusterTarget.source(context));
    int nodes = target.cluster().nodes();
    NewCluster description =
        old.isPresent()
            ? NewCluster.like(old.get().document(), name, nodes)
            : NewCluster.of(target.cluster().like(), name, nodes);
    context.remember(
        ClusterFacts.LIKE,
        old.isPresent() ? "the old cluster as Azure knows it" : "'like' of the inventory");
    context.remember(ClusterFacts.NOT_CARRIED_OVER, String.join(",", description.leftOut()));
    tags(context, old).forEach(description.wanted().putObject("tags")::put);
    ClusterTarget.refuseUnlessAllowed(context);
    Optional<String> operation = clusters.beginMake(name, description.wanted());
    if (operation.isPresent()) {
      context.remember(ClusterFacts.MAKE_OPERATION, operation.get());
    }
    return operation;
  }

  private static Map<String, String> tags(ActionContext context, Optional<ManagedCluster> old) {
    Map<String, String> tags = new LinkedHashMap<>();
    old.ifPresent(it -> tags.putAll(it.tags()));
    tags.remove(ClusterTarget.STOPPED_TAG);
    tags.put(ClusterTarget.COMMAND_TAG, context.command().getCommandId());
    tags.put(ClusterTarget.INCIDENT_TAG, context.command().getIncidentId());
    return tags;
  }

  private static void refuseForeign(ActionContext context, ManagedCluster found)
      throws ActionFailure {
    if (!ClusterTarget.isOurs(context, found)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is a cluster " + found.name() + " in Azure that this recovery did not order",
          "See whose it is; it is not touched.");
    }
  }
}
