package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Clean-up: a standby that this command took is given back without what was restored into it. It
 * had nothing in the platform's namespace when it was taken, so the namespace is this command's.
 */
final class EmptyStandby extends ClusterAction {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  EmptyStandby(ClusterTarget target) {
    super(
        target,
        "empty-standby",
        "take what was restored out of the standby, and give it back",
        true,
        LIMIT.plusMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> standby = target.standby(context);
    if (standby.isEmpty()) {
      return Look.alreadySo();
    }
    Optional<ManagedCluster> found = target.clusters(context).find(standby.get());
    if (found.filter(it -> ClusterTarget.isOurs(context, it)).isPresent()) {
      return Look.notYet("the standby " + standby.get() + " is taken by this command");
    }
    return context.fact(ClusterFacts.ORIGIN).isPresent()
        ? Look.alreadySo(
            Map.of(
                ClusterFacts.LEFT,
                standby.get() + " keeps its backup extension and the vault's trusted access"))
        : Look.alreadySo();
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    ManagedClusters clusters = target.clusters(context);
    String name = target.name(context);
    Optional<ManagedCluster> found = clusters.find(name);
    if (found.filter(it -> ClusterTarget.isOurs(context, it)).isEmpty()) {
      return;
    }
    if (target.isBoundTo(name)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the platform is bound to the standby " + name + "; it is not emptied",
          "Use it, or empty it by hand.");
    }
    ClusterTarget.refuseUnlessAllowed(context);
    empty(context, name);
    tag(
        context,
        clusters,
        found.get(),
        Map.of(ClusterTarget.COMMAND_TAG, "", ClusterTarget.INCIDENT_TAG, ""));
  }

  private void empty(ActionContext context, String name)
      throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      String namespace = session.namespace();
      session.ask(
          "delete namespaces/" + namespace, api -> api.namespaces().withName(namespace).delete());
      Optional<String> lack =
          Patience.await(
              context,
              LIMIT,
              () ->
                  session
                      .find(
                          "get namespaces/" + namespace,
                          api -> api.namespaces().withName(namespace).get())
                      .map(it -> "the namespace " + namespace + " is still there"));
      if (lack.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.NOT_CONFIRMED,
            "the standby " + name + " is not empty: " + lack.get(),
            "Empty it by hand and take its tag " + ClusterTarget.COMMAND_TAG + " off.");
      }
    }
  }
}
