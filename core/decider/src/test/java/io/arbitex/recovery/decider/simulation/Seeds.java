package io.arbitex.recovery.decider.simulation;

import java.util.stream.LongStream;

/**
 * Which seeds are run of each fault: a test's usual number; {@code -Dsimulation.seeds=N} for N of
 * them, {@code -Dsimulation.seed=N} for that one alone.
 */
final class Seeds {
  private Seeds() {}

  static Iterable<Long> of(int usual) {
    Long only = Long.getLong("simulation.seed");
    long count = Integer.getInteger("simulation.seeds", usual);
    return () ->
        (only == null ? LongStream.range(0, count) : LongStream.of(only)).boxed().iterator();
  }
}
