package io.arbitex.recovery.runtime.notify;

import io.arbitex.recovery.record.FailureCode;

/** What became of a message that was posted. */
public sealed interface Delivery {

  /**
   * The service has it.
   *
   * @param answer for the record, without secrets
   */
  record Accepted(String answer) implements Delivery {}

  /**
   * The service does not have it, or did not say so.
   *
   * @param what happened, in one line, without secrets
   * @param next what a person should do
   * @param passing whether the same message may be taken a little later
   */
  record Failed(FailureCode code, String what, String next, boolean passing) implements Delivery {}
}
