package io.arbitex.recovery.engine;

/** What moves an execution from one state to the next. */
public enum ExecutionTrigger {
  ACCEPT,
  REFUSE,
  PROCEED,
  RESUME_WAIT,
  ALL_DONE,
  STOP,
  ALREADY_SO,
  NOT_YET,
  WOULD_DO,
  INTENT_WRITTEN,
  LEASE_OLD,
  MADE,
  FAIL,
  RECORDED,
  CLEANED,
  RETRY,
  GIVE_UP,
  DUE,
  CLOSE,
  OWNERSHIP_LOST
}
