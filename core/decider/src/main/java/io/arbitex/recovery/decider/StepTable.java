package io.arbitex.recovery.decider;

import static io.arbitex.recovery.record.StepPhase.ABANDONED;
import static io.arbitex.recovery.record.StepPhase.DISPATCHED;
import static io.arbitex.recovery.record.StepPhase.DONE;
import static io.arbitex.recovery.record.StepPhase.FAILED;
import static io.arbitex.recovery.record.StepPhase.RUNNING;
import static io.arbitex.recovery.record.StepPhase.WAITING;

import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.schemas.TransitionTable;

/** The life of a planned step, as the decider sees it. */
public final class StepTable {

  /** What moves a step on. */
  public enum Trigger {
    /** Its command is published. */
    DISPATCH,
    /** A worker has taken it on. */
    ACCEPT,
    FINISH,
    FAIL,
    /** Another procedure, or another attempt, takes its place. */
    FALL_BACK,
    /**
     * A person says: prove it again; or it was done for nothing: in a cluster that is gone, or a
     * suite that ran before the last store was recovered; or it was not needed and is by now.
     */
    REDO,
    /** The incident ended or was given up without it, or it is not needed any more. */
    ABANDON
  }

  public static final TransitionTable<StepPhase, Trigger> TABLE =
      TransitionTable.<StepPhase, Trigger>named("Step", WAITING)
          .on(WAITING, Trigger.DISPATCH, DISPATCHED)
          .on(WAITING, Trigger.ABANDON, ABANDONED)
          .on(DISPATCHED, Trigger.ACCEPT, RUNNING)
          .on(DISPATCHED, Trigger.FINISH, DONE)
          .on(DISPATCHED, Trigger.FAIL, FAILED)
          .on(DISPATCHED, Trigger.ABANDON, ABANDONED)
          .on(RUNNING, Trigger.FINISH, DONE)
          .on(RUNNING, Trigger.FAIL, FAILED)
          .on(RUNNING, Trigger.ABANDON, ABANDONED)
          .on(FAILED, Trigger.FALL_BACK, WAITING)
          .on(FAILED, Trigger.ABANDON, ABANDONED)
          // Its end was heard of after it had been given up.
          .on(FAILED, Trigger.FINISH, DONE)
          .on(DONE, Trigger.REDO, WAITING)
          .on(ABANDONED, Trigger.REDO, WAITING);

  private StepTable() {}
}
