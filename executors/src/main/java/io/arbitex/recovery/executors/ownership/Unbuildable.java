package io.arbitex.recovery.executors.ownership;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;

/** Fails a command of which no procedure could be made, before anything is touched. */
final class Unbuildable extends BoundAction {
  private final RuntimeException why;

  private Unbuildable(RuntimeException why) {
    super(
        "read-command",
        "make a procedure of the command",
        false,
        Duration.ofMinutes(1),
        RetryPolicy.once());
    this.why = why;
  }

  static Procedure procedure(StepCommand command, RuntimeException why) {
    return Procedure.named(command.getProcedure()).action(new Unbuildable(why)).build();
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    throw new ActionFailure(
        FailureCode.PREFLIGHT,
        "no procedure can be made of the command: " + why,
        "Look into the executor's log; see whether classifier and executors are of one version and"
            + " read the same inventory.",
        false,
        why);
  }
}
