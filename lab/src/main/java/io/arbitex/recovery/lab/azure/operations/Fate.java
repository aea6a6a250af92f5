package io.arbitex.recovery.lab.azure.operations;

/**
 * What goes wrong with an operation.
 *
 * @param how what happens
 * @param rule the number of the rule that says so; a hang ends with it
 * @param millis how much a restore stops short of its moment, or how long a slow one waits first
 */
public record Fate(How how, int rule, long millis) {
  /** Nothing goes wrong. */
  public static final Fate NORMAL = new Fate(How.NORMAL, 0, 0);

  /** What happens. */
  public enum How {
    NORMAL,
    /** It ends as Failed, and nothing was done. */
    FAILS,
    /** It ends as Canceled, and nothing was done. */
    CANCELED,
    /** It stays InProgress and does nothing, until the rule is cleared or the process restarts. */
    HANGS,
    /** It is done, but nobody knows the operation: 404. */
    EXPIRES,
    /** It is done, later. */
    SLOW,
    /** A restore that ends before its moment, and says that all is well. */
    STOPS_SHORT,
    /** The job that it begins ends as Failed, and nothing was done. */
    JOB_FAILS,
    /** The job that it begins ends as Failed, in the middle of its work. */
    JOB_BREAKS_OFF,
    /** The job that it begins does nothing, until the rule is cleared or the process restarts. */
    JOB_HANGS,
    /** The job that it begins leaves something out, and says so. */
    JOB_WARNS,
    /** The job that it begins does nothing, and says that all is well. */
    JOB_DOES_NOTHING
  }
}
