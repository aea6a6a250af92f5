package io.arbitex.recovery.engine;

import java.time.Duration;

/**
 * How often an action is tried and how long it waits in between. Which errors are worth another try
 * is said by the error itself ({@link ActionFailure#retryable()}). There is no random part: an
 * action belongs to one owner, so there is no herd to spread.
 *
 * @param maxTries failures after which the action is given up, at least 1
 * @param firstWait wait after the first failure; it doubles with each further one
 * @param longestWait cap of the wait
 */
public record RetryPolicy(int maxTries, Duration firstWait, Duration longestWait) {
  public RetryPolicy {
    if (maxTries < 1 || firstWait.isNegative() || longestWait.compareTo(firstWait) < 0) {
      throw new IllegalArgumentException(
          "a retry policy needs at least one try and waits that do not shrink: "
              + maxTries
              + ", "
              + firstWait
              + ", "
              + longestWait);
    }
  }

  /** One try only. */
  public static RetryPolicy once() {
    return new RetryPolicy(1, Duration.ZERO, Duration.ZERO);
  }

  /** The same wait between all tries, until the action's deadline: for waiting on the world. */
  public static RetryPolicy every(Duration wait) {
    return new RetryPolicy(Integer.MAX_VALUE, wait, wait);
  }

  public static RetryPolicy upTo(int maxTries, Duration firstWait, Duration longestWait) {
    return new RetryPolicy(maxTries, firstWait, longestWait);
  }

  /**
   * The wait after a failure.
   *
   * @param failures failures so far, from 1
   */
  public Duration waitAfter(int failures) {
    Duration wait = firstWait;
    for (int i = 1; i < failures && wait.compareTo(longestWait) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(longestWait) > 0 ? longestWait : wait;
  }
}
