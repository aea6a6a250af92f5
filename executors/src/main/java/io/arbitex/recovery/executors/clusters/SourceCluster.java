package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.net.URI;
import java.time.Duration;

/** Judges the cluster that is said to be lost. */
final class SourceCluster {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final ClusterTarget target;

  SourceCluster(ClusterTarget target) {
    this.target = target;
  }

  /**
   * Asks the cluster and the platform's customers' way in once more.
   *
   * @throws ActionFailure SOURCE_SOUND when the API answers; NOT_CONFIRMED when it does not and
   *     customers are served all the same; whatever the API refuses with, since a wrong password is
   *     no disaster
   */
  void refuseIfAlive(ActionContext context) throws ActionFailure, InterruptedException {
    if (context.fact(ClusterFacts.SOURCE_MAY_LIVE).filter("true"::equals).isPresent()) {
      return;
    }
    if (isReady()) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          "the API of " + ClusterTarget.source(context) + " answers: it is not stopped",
          "Nothing, if it stays so. To replace the cluster all the same, approve the plan.");
    }
    EndpointCheck endpoints = new EndpointCheck(ANSWER);
    for (String each : target.platform().endpoints().health()) {
      if (endpoints.health(URI.create(each)).passed()) {
        throw ActionFailure.permanent(
            FailureCode.NOT_CONFIRMED,
            "the API of "
                + ClusterTarget.source(context)
                + " does not answer, but customers are served: "
                + each
                + " answers 200, so the cluster is not stopped",
            "See to the way to the API. To replace the cluster all the same, approve the plan.");
      }
    }
  }

  private boolean isReady() throws ActionFailure, InterruptedException {
    try (ClusterSession session = new ClusterAccess(target.kubernetes()).open()) {
      session.ask("get /readyz", client -> client.raw("/readyz"));
      return true;
    } catch (ActionFailure e) {
      if (e.code() == FailureCode.TARGET_UNREACHABLE) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Refuses a cluster that Azure is at work on, or that somebody else has stopped: it comes back by
   * itself, or by that person.
   *
   * @throws ActionFailure UNKNOWN then, so that no other procedure is tried either
   */
  static void refuseIfChanging(ActionContext context, ManagedCluster old) throws ActionFailure {
    boolean ours = isStoppedFor(context, old);
    if (!old.isSettled() && !ours) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "Azure itself is at work on " + old.name() + ": " + old.state(),
          "Wait until Azure is done: it may come back by itself. Then `dr retry`.");
    }
    if (old.power().equals("Stopped") && !ours) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "somebody has stopped " + old.name() + ", and not this recovery",
          "See who stopped it and why; start it, or `dr retry` once it is known to be lost.");
    }
  }

  /** Whether an attempt of this incident stops it, or has stopped it. */
  static boolean isStoppedFor(ActionContext context, ManagedCluster old) {
    String incident = context.command().getIncidentId();
    return old.tag(ClusterTarget.STOPPED_TAG).isPresent()
        && old.tag(ClusterTarget.INCIDENT_TAG).filter(incident::equals).isPresent();
  }
}
