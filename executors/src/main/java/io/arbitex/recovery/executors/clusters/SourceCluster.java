package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.ManagedCluster;
import io.arbitex.recovery.executors.azure.ManagedClusters;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Judges the cluster that is said to be lost. */
final class SourceCluster {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  /** What no proxy says in the place of an API server that is gone. */
  private static final Set<Integer> SERVER_ITSELF = Set.of(429, 500);

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
    if (isAlive()) {
      throw ActionFailure.permanent(
          FailureCode.SOURCE_SOUND,
          "the API of " + ClusterTarget.source(context) + " answers: it is not stopped",
          "Nothing, if it stays so. To replace the cluster all the same, approve the plan"
              + " once more and `dr retry`.");
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
            "See to the way to the API. Where the observers see customers unserved all the same,"
                + " approve the plan once more and `dr retry`.");
      }
    }
  }

  /**
   * The observers' judgement, as far as it lets another cluster be: whatever the API server itself
   * says is an answer; what stands before it says 502 to 504 when there is none; and a cluster
   * without one ready node runs nothing.
   */
  private boolean isAlive() throws ActionFailure, InterruptedException {
    try (ClusterSession session = new ClusterAccess(target.kubernetes()).open()) {
      try {
        session.ask("get /readyz", client -> client.raw("/readyz"));
      } catch (ActionFailure e) {
        if (e.code() != FailureCode.TARGET_UNREACHABLE) {
          throw e;
        }
        return SERVER_ITSELF.contains(ClusterSession.status(e));
      }
      try {
        return ClusterContents.readyNodes(session) > 0;
      } catch (ActionFailure e) {
        // It was ready a moment ago: nothing says that it is lost.
        return true;
      }
    } catch (ActionFailure e) {
      if (e.code() == FailureCode.TARGET_UNREACHABLE) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Refuses when the cluster that is watched is not the one that Azure knows by the name: then it
   * would be another one that is stopped. Each cluster has a certificate authority of its own, by
   * whichever way it is reached. One that we have stopped was compared before that.
   *
   * @throws ActionFailure PREFLIGHT then
   */
  void refuseOther(ActionContext context, ManagedCluster old)
      throws ActionFailure, InterruptedException {
    if (old.isStopped() && isStoppedFor(context, old)) {
      return;
    }
    Optional<String> watched;
    try (ClusterSession session = new ClusterAccess(target.kubernetes()).open()) {
      watched = session.authority();
    }
    Optional<String> known;
    try (ClusterSession session =
        ClusterSession.of(
            target.clusters(context).kubeconfig(old.name()), target.kubernetes().namespace())) {
      known = session.authority();
    }
    if (watched.isEmpty() || !watched.equals(known)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "'kubernetes.kubeconfig' trusts another certificate authority than that of Azure's cluster"
              + " %s: they may be two clusters".formatted(old.name()),
          "Correct the kubeconfig (it needs certificate-authority-data) or 'cluster.name' of the"
              + " inventory, then `dr retry`.");
    }
  }

  /**
   * Refuses to believe one answer that there is no such cluster: one that was there when the
   * cutover began has not gone by itself, and any other is looked for twice and by the list.
   *
   * @throws ActionFailure UNKNOWN when it is there after all, or was there before
   */
  void refuseUnlessGone(ActionContext context) throws ActionFailure, InterruptedException {
    String name = ClusterTarget.source(context);
    boolean seen = context.fact(ClusterFacts.OLD_SEEN).filter("true"::equals).isPresent();
    Thread.sleep(BETWEEN_LOOKS.toMillis());
    ManagedClusters clusters = target.clusters(context);
    boolean there = clusters.find(name).isPresent() || clusters.names().contains(name);
    if (seen || there) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "Azure says that there is no cluster "
              + name
              + (there ? ", and that there is one" : ", which was there a moment ago"),
          "See in Azure's activity log what became of it, then `dr retry`.");
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

  /**
   * Refuses an old cluster that is not stopped, before anything may run in the restored one, and as
   * long as nobody is led there.
   *
   * @throws ActionFailure UNKNOWN then
   */
  void refuseIfStarted(ActionContext context) throws ActionFailure, InterruptedException {
    if (ClusterTarget.isSuccessor(context)) {
      return;
    }
    Optional<ManagedCluster> old = target.clusters(context).find(ClusterTarget.source(context));
    if (old.filter(it -> !it.isStopped()).isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "somebody has started the old cluster "
              + old.get().name()
              + " again ("
              + old.get().state()
              + ", "
              + old.get().power()
              + "), and two platforms would write",
          "See who started it and why (a schedule?); stop it again, then `dr retry`, or keep it and"
              + " `dr reject`.");
    }
  }

  /** Whether a cutover of this incident stops it, or has stopped it. */
  static boolean isStoppedFor(ActionContext context, ManagedCluster old) {
    String incident = context.command().getIncidentId();
    return old.tag(ClusterTarget.STOPPED_TAG).isPresent()
        && old.tag(ClusterTarget.INCIDENT_TAG).filter(incident::equals).isPresent();
  }
}
