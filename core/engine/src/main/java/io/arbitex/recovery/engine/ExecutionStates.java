package io.arbitex.recovery.engine;

import static io.arbitex.recovery.engine.ExecutionState.ABANDONED;
import static io.arbitex.recovery.engine.ExecutionState.CLEANING;
import static io.arbitex.recovery.engine.ExecutionState.CLOSED;
import static io.arbitex.recovery.engine.ExecutionState.CLOSING;
import static io.arbitex.recovery.engine.ExecutionState.CONFIRMING;
import static io.arbitex.recovery.engine.ExecutionState.FAILING;
import static io.arbitex.recovery.engine.ExecutionState.GATE;
import static io.arbitex.recovery.engine.ExecutionState.INTENDING;
import static io.arbitex.recovery.engine.ExecutionState.LOOKING;
import static io.arbitex.recovery.engine.ExecutionState.MAKING;
import static io.arbitex.recovery.engine.ExecutionState.NEW;
import static io.arbitex.recovery.engine.ExecutionState.RECORDING;
import static io.arbitex.recovery.engine.ExecutionState.WAITING;

import io.arbitex.recovery.schemas.TransitionTable;

/** The one table of how an execution moves. */
public final class ExecutionStates {
  private ExecutionStates() {}

  /** A fresh copy of the table, so that nobody can add to the one that runs. */
  public static TransitionTable<ExecutionState, ExecutionTrigger> table() {
    return TransitionTable.<ExecutionState, ExecutionTrigger>named("States of an execution", NEW)
        .on(NEW, ExecutionTrigger.ACCEPT, GATE)
        .on(NEW, ExecutionTrigger.REFUSE, CLOSING)
        .on(NEW, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(GATE, ExecutionTrigger.PROCEED, LOOKING)
        .on(GATE, ExecutionTrigger.RESUME_WAIT, WAITING)
        .on(GATE, ExecutionTrigger.STOP, CLEANING)
        .on(GATE, ExecutionTrigger.ALL_DONE, CLOSING)
        .on(GATE, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(LOOKING, ExecutionTrigger.ALREADY_SO, RECORDING)
        .on(LOOKING, ExecutionTrigger.WOULD_DO, RECORDING)
        .on(LOOKING, ExecutionTrigger.NOT_YET, INTENDING)
        .on(LOOKING, ExecutionTrigger.FAIL, FAILING)
        .on(INTENDING, ExecutionTrigger.INTENT_WRITTEN, MAKING)
        .on(INTENDING, ExecutionTrigger.FAIL, FAILING)
        .on(INTENDING, ExecutionTrigger.STOP, CLEANING)
        .on(INTENDING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(MAKING, ExecutionTrigger.MADE, CONFIRMING)
        .on(MAKING, ExecutionTrigger.LEASE_OLD, INTENDING)
        .on(MAKING, ExecutionTrigger.FAIL, FAILING)
        .on(MAKING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(CONFIRMING, ExecutionTrigger.ALREADY_SO, RECORDING)
        .on(CONFIRMING, ExecutionTrigger.FAIL, FAILING)
        .on(RECORDING, ExecutionTrigger.RECORDED, GATE)
        .on(RECORDING, ExecutionTrigger.CLEANED, CLEANING)
        .on(RECORDING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(FAILING, ExecutionTrigger.RETRY, WAITING)
        .on(FAILING, ExecutionTrigger.GIVE_UP, CLEANING)
        .on(FAILING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(WAITING, ExecutionTrigger.DUE, LOOKING)
        .on(WAITING, ExecutionTrigger.STOP, CLEANING)
        .on(WAITING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED)
        .on(CLEANING, ExecutionTrigger.PROCEED, LOOKING)
        .on(CLEANING, ExecutionTrigger.RESUME_WAIT, WAITING)
        .on(CLEANING, ExecutionTrigger.CLEANED, CLOSING)
        .on(CLOSING, ExecutionTrigger.CLOSE, CLOSED)
        .on(CLOSING, ExecutionTrigger.OWNERSHIP_LOST, ABANDONED);
  }
}
