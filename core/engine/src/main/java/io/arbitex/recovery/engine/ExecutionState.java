package io.arbitex.recovery.engine;

/** Where an execution stands; what it does from there is one boundary. */
public enum ExecutionState {
  /** The journal does not know the command. */
  NEW,
  /** Before an action: is there one left, and may it begin? */
  GATE,
  /** Is it already so? */
  LOOKING,
  /** The intent is to be written. */
  INTENDING,
  /** The intent stands; the world is to be changed. */
  MAKING,
  /** Is it so now? */
  CONFIRMING,
  /** The result is to be written. */
  RECORDING,
  /** The failure is to be written. */
  FAILING,
  /** Between two tries. */
  WAITING,
  /** Before a clean-up action: is there one left? */
  CLEANING,
  /** The end is to be written. */
  CLOSING,
  /** The end stands in the journal. */
  CLOSED,
  /** Another process owns the command. */
  ABANDONED
}
