package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The standby that the inventory names is taken, by a tag: it is there, nobody else's, and has
 * nothing in the platform's namespace. So what is in that namespace afterwards is this command's.
 * One that was stopped to save money is started.
 */
final class ClaimStandby extends ClusterAction {
  ClaimStandby(ClusterTarget target) {
    super(
        target,
        "claim-standby",
        "take the standby, if the inventory names one",
        true,
        Duration.ofMinutes(20));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> standby = target.standby(context);
    if (standby.isEmpty()) {
      return Look.alreadySo();
    }
    Optional<ManagedCluster> found = target.clusters(context).find(standby.get());
    refuseUnfit(context, standby.get(), found);
    return found.get().isRunning() && ClusterTarget.isOurs(context, found.get())
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.CLUSTER,
                standby.get(),
                ClusterFacts.GROUP,
                target.cluster().resourceGroup(),
                ClusterFacts.ORIGIN,
                "standby"))
        : Look.notYet("the standby " + standby.get() + " is not taken yet");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String name = target.name(context);
    Optional<ManagedCluster> found = clusters.find(name);
    refuseUnfit(context, name, found);
    if (found.get().isStopped()) {
      String doing = "start the standby " + name;
      ClusterTarget.refuseUnlessAllowed(context);
      OperationWait.end(context, clusters.azure(), clusters.beginStart(name), doing);
    }
    ManagedCluster running =
        until(context, clusters, name, "start the standby " + name, ManagedCluster::isRunning);
    if (!ClusterTarget.isOurs(context, running)) {
      refuseUsed(context, name);
      tag(
          context,
          clusters,
          running,
          Map.of(
              ClusterTarget.COMMAND_TAG,
              context.command().getCommandId(),
              ClusterTarget.INCIDENT_TAG,
              context.command().getIncidentId()));
    }
  }

  private void refuseUsed(ActionContext context, String name)
      throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      String namespace = session.namespace();
      if (session
          .find("get namespaces/" + namespace, api -> api.namespaces().withName(namespace).get())
          .isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.PREFLIGHT,
            "the standby " + name + " has a namespace " + namespace + " already",
            "See what is in it; delete it if nobody needs it, then `dr retry`.");
      }
    }
  }

  /**
   * Refuses a standby that is not there, or that is another recovery's.
   *
   * @throws ActionFailure PREFLIGHT then
   */
  static void refuseUnfit(ActionContext context, String name, Optional<ManagedCluster> found)
      throws ActionFailure {
    if (found.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "Azure has no standby " + name,
          "Make it, or take it out of 'cluster.backup' of the inventory: then a new one is made.");
    }
    Optional<String> owner = found.get().tag(ClusterTarget.COMMAND_TAG);
    if (owner.isPresent() && !ClusterTarget.isOurs(context, found.get())) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the standby " + name + " is taken by " + owner.get(),
          "See what that recovery left in it; empty it and take its tag "
              + ClusterTarget.COMMAND_TAG
              + " off, then `dr retry`.");
    }
  }
}
