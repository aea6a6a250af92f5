package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.azure.RecordSwitch;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Patience;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.util.Optional;

/**
 * Clean-up: nothing of the platform runs in the restored cluster any more, so that the old one may
 * be started again. The restored objects stay for the next attempt.
 */
final class HoldAgain extends ClusterAction {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  HoldAgain(ClusterTarget target) {
    super(
        target,
        "hold-again",
        "let nothing of the platform run in the restored cluster",
        true,
        LIMIT.plusMinutes(1));
  }

  /** Whether nothing of the platform runs there, nor can. */
  boolean isDone(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.restored(context)) {
      return Hold.isOn(session) && pods(session) == 0;
    }
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    boolean released =
        context
            .fact(ClusterFacts.RELEASED)
            .filter(context.command().getCommandId()::equals)
            .isPresent();
    return !released || isDone(context)
        ? Look.alreadySo()
        : Look.notYet("the platform may run in the restored cluster");
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.restored(context)) {
      refuseIfServing(context, session);
      ClusterTarget.refuseUnlessAllowed(context);
      Hold.put(context, session);
      Optional<String> lack = Patience.await(context, LIMIT, () -> lack(session));
      if (lack.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.NOT_CONFIRMED,
            "the platform still runs in the restored cluster: " + lack.get(),
            "Delete its pods by hand; the old cluster is not started before.");
      }
    }
  }

  /** Until the quota counts, controllers make each pod that is deleted anew. */
  private static Optional<String> lack(ClusterSession session)
      throws ActionFailure, InterruptedException {
    if (!Hold.isOn(session)) {
      return Optional.of("the quota does not count yet");
    }
    long pods = pods(session);
    if (pods > 0) {
      session.ask("delete pods", api -> api.pods().inNamespace(session.namespace()).delete());
    }
    return pods == 0 ? Optional.empty() : Optional.of(pods + " pods are still there");
  }

  /** An earlier attempt may have led customers there: then it only goes forward. */
  private void refuseIfServing(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    boolean led =
        target.isBoundTo(context.required(ClusterFacts.CLUSTER))
            || ClusterTarget.isSuccessor(context);
    Optional<Cluster.Address> address = target.cluster().address();
    if (address.isPresent()) {
      Optional<String> here =
          new ClusterContents(session).address(address.get().namespace(), address.get().service());
      led |=
          here.isPresent()
              && new RecordSwitch(target.azure(), address.get().dns()).isAt(here.get());
    }
    if (led) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "customers are led to the restored cluster already, so it runs on",
          "See why it is not ready; `dr retry` goes on with it.");
    }
  }

  private static long pods(ClusterSession session) throws ActionFailure, InterruptedException {
    return session.ask(
        "list pods",
        api -> (long) api.pods().inNamespace(session.namespace()).list().getItems().size());
  }
}
