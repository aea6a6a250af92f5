package io.arbitex.recovery.checks;

/**
 * What is wrong with an audit chain at one place.
 *
 * @param id the event's id; the missing one when it is missing
 */
public record ChainMistake(long id, Kind kind, String text) {

  /** How a chain can be broken. */
  public enum Kind {
    /** The event's own content does not give its HMAC. */
    BAD_HMAC,
    /** The event does not follow the one before it. */
    BAD_LINK,
    /** No event has this id, though one after it is there. */
    MISSING_ID,
    /** An id below 1 or there twice. */
    UNEXPECTED_ID,
    /** A column is null, or not what an audit event holds. */
    UNREADABLE,
    /** The chain ends before the anchor. */
    CUT_TAIL,
    /** The event at the anchor is another one than the anchor knows. */
    OTHER_HISTORY
  }

  @Override
  public String toString() {
    return kind + " at id " + id + ": " + text;
  }
}
