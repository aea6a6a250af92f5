package io.arbitex.recovery.engine;

import java.time.Duration;

/** Port: how sure it is that this process still owns the command. */
public interface Lease {

  /**
   * Time since the begin of the last write that proved ownership. Must count time in which the
   * process stood still.
   */
  Duration age();

  /** True once ownership is known to be lost; it never comes back. */
  boolean lost();
}
