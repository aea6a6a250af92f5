package io.arbitex.recovery.executors;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;

/** Fails the preflight of a command whose target the configuration does not have. */
final class MissingTarget extends BoundAction {
  private final String message;

  private MissingTarget(String message) {
    super(
        "find-target",
        "find the target in the configuration",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.once());
    this.message = message;
  }

  static Procedure procedure(StepCommand command, String what) {
    String target = command.getPlatform() + "/" + command.getComponent();
    return Procedure.named(command.getProcedure())
        .action(new MissingTarget("there is no " + what + " for " + target))
        .build();
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    throw ActionFailure.permanent(
        FailureCode.PREFLIGHT,
        message,
        "Let all services read the same inventory and policy, then restart the executors.");
  }
}
