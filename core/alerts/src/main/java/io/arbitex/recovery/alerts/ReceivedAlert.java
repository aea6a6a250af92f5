package io.arbitex.recovery.alerts;

import io.arbitex.recovery.configuration.AlertMatch;
import java.time.Instant;

/** One alert as its sender meant it, in the same form for all senders. */
public sealed interface ReceivedAlert {
  /** Where it comes from, for {@link AlertMatch#matches}. */
  AlertMatch.Origin origin();

  /** What a person reads of it: one line, at most {@link AlertText#MOST} characters, no secrets. */
  String text();

  /**
   * It began.
   *
   * @param identity stays the same when the alert is repeated, resolved, or sent by a second sender
   */
  record Firing(String identity, AlertMatch.Origin origin, Instant firedAt, String text)
      implements ReceivedAlert {}

  /**
   * It is over. It never starts anything.
   *
   * @param identity that of the alert that is over
   */
  record Resolved(
      String identity, AlertMatch.Origin origin, Instant firedAt, Instant resolvedAt, String text)
      implements ReceivedAlert {}

  /**
   * It cannot be said whether something began or ended, so it counts for nothing. It is kept, since
   * its sender was told that it was received.
   *
   * @param why what is missing, for a person
   */
  record Unclear(String why, AlertMatch.Origin origin, String text) implements ReceivedAlert {}
}
