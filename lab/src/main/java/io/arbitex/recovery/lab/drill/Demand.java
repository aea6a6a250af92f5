package io.arbitex.recovery.lab.drill;

import java.util.List;

/** What a scenario demands. */
final class Demand {
  private Demand() {}

  /**
   * Adds to the failures what does not hold.
   *
   * @param what in words, as it should be
   * @param found what is instead
   */
  static void that(List<String> failures, String what, boolean holds, String found) {
    if (!holds) {
      failures.add("not so: " + what + " (" + found + ")");
    }
  }
}
