package io.arbitex.recovery.executors.clusters;

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
    refuseIfServing(context);
    try (ClusterSession session = target.restored(context)) {
      ClusterTarget.refuseUnlessAllowed(context);
      Hold.put(context, session);
      session.ask("delete pods", api -> api.pods().inNamespace(session.namespace()).delete());
      Optional<String> lack =
          Patience.await(
              context,
              LIMIT,
              () -> {
                long pods = pods(session);
                return pods == 0 ? Optional.empty() : Optional.of(pods + " pods are still there");
              });
      if (lack.isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.NOT_CONFIRMED,
            "the platform still runs in the restored cluster: " + lack.get(),
            "Delete its pods by hand; the old cluster is not started before.");
      }
    }
  }

  /** An earlier attempt may have led customers there: then it only goes forward. */
  private void refuseIfServing(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> address = context.fact(ClusterFacts.ADDRESS);
    boolean led =
        target.cluster().address().isPresent()
            && address.isPresent()
            && new RecordSwitch(target.azure(), target.cluster().address().get().dns())
                .isAt(address.get());
    if (led || target.isBoundTo(context.required(ClusterFacts.CLUSTER))) {
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
