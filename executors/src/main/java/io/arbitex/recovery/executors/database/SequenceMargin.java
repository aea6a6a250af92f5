package io.arbitex.recovery.executors.database;

import java.math.BigInteger;
import java.util.Optional;

/**
 * How far a sequence is moved on after a restore. Numbers that were given out between the restore
 * point and the failure may be known outside, in a mail or another system, and must not be given to
 * something else.
 *
 * <p>The margin is 1,000 numbers or 1 % of those given out so far, whichever is more: a restore
 * point is at most 2 h old by the runbook's schedule, which is 1 % of nine days. A younger or much
 * burstier sequence than that is covered by the 1,000 only.
 */
final class SequenceMargin {
  private static final BigInteger LEAST = BigInteger.valueOf(1_000);
  private static final BigInteger PART = BigInteger.valueOf(100);

  private SequenceMargin() {}

  /**
   * A sequence as the restore left it.
   *
   * @param last the number given out last; empty when none was
   * @param cycles its numbers come again in any case
   */
  record State(
      String name,
      long start,
      long least,
      long most,
      long increment,
      boolean cycles,
      Optional<Long> last) {}

  /** The number to give out next; empty when the sequence is to stay as it is. */
  static Optional<Long> next(State sequence) {
    if (sequence.cycles()) {
      return Optional.empty();
    }
    BigInteger increment = BigInteger.valueOf(sequence.increment());
    BigInteger start = BigInteger.valueOf(sequence.start());
    BigInteger last =
        sequence.last().map(BigInteger::valueOf).orElseGet(() -> start.subtract(increment));
    BigInteger given =
        last.subtract(start).divide(increment).add(BigInteger.ONE).max(BigInteger.ZERO);
    BigInteger margin = LEAST.max(given.divide(PART));
    BigInteger next = last.add(increment.multiply(margin.add(BigInteger.ONE)));
    boolean within =
        next.compareTo(BigInteger.valueOf(sequence.least())) >= 0
            && next.compareTo(BigInteger.valueOf(sequence.most())) <= 0;
    return within ? Optional.of(next.longValueExact()) : Optional.empty();
  }
}
