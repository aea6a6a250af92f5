package io.arbitex.recovery.engine;

import java.util.HashSet;
import java.util.Set;

/** Counts every touch of the outside, before and after it takes effect, and crashes at some. */
final class CrashPoints {
  /** The process dies here. */
  static final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(int point) {
      super("crash at point " + point);
    }
  }

  private final Set<Integer> crashes = new HashSet<>();
  private int passed;

  void crashAt(int point) {
    crashes.add(point);
  }

  void pass() {
    int point = passed++;
    if (crashes.contains(point)) {
      throw new SimulatedCrash(point);
    }
  }

  int passed() {
    return passed;
  }
}
