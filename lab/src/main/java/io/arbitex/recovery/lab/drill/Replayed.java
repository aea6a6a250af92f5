package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.schemas.Framing;
import java.util.List;
import java.util.Optional;

/**
 * The decision log, run again.
 *
 * @param run decisions that could be run again
 * @param identical of those, how many came out byte for byte
 */
record Replayed(int run, int identical) {

  /** Runs all again; adds to the failures what is not the same. */
  static Replayed of(List<Decision> decisions, List<String> failures) throws InvalidConfiguration {
    Replay replay = new Replay(new Framing(), Optional.empty());
    int run = 0;
    int identical = 0;
    for (Decision decision : decisions) {
      Optional<Replay.Step> step = replay.next(decision);
      if (step.isPresent()) {
        run++;
        identical += step.get().identical() ? 1 : 0;
      } else {
        failures.add("decision " + decision.getId() + " cannot be replayed from the log alone");
      }
    }
    Demand.that(
        failures,
        "every decision replays byte for byte",
        run == identical,
        identical + " of " + run);
    return new Replayed(run, identical);
  }
}
