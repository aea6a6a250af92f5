package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** An action of a cluster procedure. */
abstract class ClusterAction extends BoundAction {
  /** For requests that may pass. */
  private static final RetryPolicy PATIENT =
      RetryPolicy.upTo(6, Duration.ofSeconds(1), Duration.ofSeconds(15));

  final ClusterTarget target;

  ClusterAction(
      ClusterTarget target,
      String name,
      String intention,
      boolean changesWorld,
      Duration deadline) {
    super(name, intention, changesWorld, deadline, PATIENT);
    this.target = target;
  }

  /**
   * Waits until a cluster is as it should be.
   *
   * @throws ActionFailure at the end of the action's time, or when Azure has given it up
   */
  static ManagedCluster until(
      ActionContext context,
      ManagedClusters clusters,
      String name,
      String doing,
      Predicate<ManagedCluster> so)
      throws ActionFailure, InterruptedException {
    Pace pace = new Pace();
    while (true) {
      Optional<ManagedCluster> found = clusters.find(name);
      if (found.filter(so).isPresent()) {
        return found.get();
      }
      if (found.filter(each -> each.state().equals("Failed")).isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "Azure could not " + doing + ": the cluster " + name + " is Failed",
            "See Azure's activity log for the cluster.");
      }
      pace.pause(context, doing);
    }
  }

  /** Gives a cluster tags beside its own; an empty value takes one away. */
  static void tag(
      ActionContext context,
      ManagedClusters clusters,
      ManagedCluster cluster,
      Map<String, String> more)
      throws ActionFailure, InterruptedException {
    Map<String, String> tags = new LinkedHashMap<>(cluster.tags());
    more.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            tags.remove(name);
          } else {
            tags.put(name, value);
          }
        });
    ClusterTarget.refuseUnlessAllowed(context);
    OperationWait.end(
        context,
        clusters.azure(),
        clusters.beginTags(cluster, tags),
        "tag the cluster " + cluster.name());
  }
}
