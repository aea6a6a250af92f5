package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.Rival;
import io.arbitex.recovery.executors.kubernetes.RivalPause;
import java.time.Duration;

/** Whom this command has paused goes on: at the end, and when it failed. */
public final class ReleaseRivals extends WriterAction {
  private final ResumeWriters.OldConnection allowed;

  /** As a step, when the workloads run. */
  public ReleaseRivals(Writers writers, String name) {
    this(writers, name, context -> {});
  }

  /**
   * @param name of the action: it is a step, and a clean-up when another one failed
   * @param allowed refuses to let anybody go on who would start the workloads on nothing
   */
  public ReleaseRivals(Writers writers, String name, ResumeWriters.OldConnection allowed) {
    super(
        writers, name, "let those go on whom the recovery has paused", true, Duration.ofMinutes(3));
    this.allowed = allowed;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    for (Rival rival : WriterFacts.rivals(context)) {
      if (new RivalPause(session, rival).holds(context)) {
        return Look.notYet(rival + " is paused by this recovery");
      }
    }
    return Look.alreadySo();
  }

  @Override
  void make(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    allowed.require(context);
    for (Rival rival : WriterFacts.rivals(context)) {
      if (new RivalPause(session, rival).holds(context)) {
        new RivalPause(session, rival).release(context);
      }
    }
  }
}
