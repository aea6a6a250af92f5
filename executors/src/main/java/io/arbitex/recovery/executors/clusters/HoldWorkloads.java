package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Duration;
import java.util.Optional;

/**
 * Before anything is restored: the platform's namespace is made, and nothing may run in it until
 * the cutover. So two platforms never write, whatever the old cluster does, and it need not be
 * touched before its successor is proven. See {@link Hold}.
 */
final class HoldWorkloads extends ClusterAction {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  HoldWorkloads(ClusterTarget target) {
    super(
        target,
        "hold-workloads",
        "let nothing of the platform run in the cluster before the cutover",
        true,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      Optional<Namespace> found = Hold.namespace(session);
      if (found.isEmpty()) {
        return Look.notYet("the cluster has no namespace " + session.namespace());
      }
      Hold.refuseForeign(context, found.get());
      return Hold.isOn(session)
          ? Look.alreadySo()
          : Look.notYet("pods may be made in " + session.namespace());
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      ClusterTarget.refuseUnlessAllowed(context);
      Hold.makeNamespace(context, session);
      Hold.put(context, session);
      Optional<String> lack =
          Patience.await(
              context,
              LIMIT,
              () -> Hold.isOn(session) ? Optional.empty() : Optional.of("it does not count yet"));
      if (lack.isPresent()) {
        throw ActionFailure.passing(
            FailureCode.NOT_CONFIRMED,
            "the quota that holds the platform is there, but " + lack.get(),
            "See the controller manager of the cluster.");
      }
    }
  }
}
