package io.arbitex.recovery.classifier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the classifier counts for the metrics page. */
public final class Counters {
  private final Counter inputs;
  private final Counter decisions;
  private final Counter deadLetters;
  private final Counter wedged;

  public Counters(MeterRegistry registry) {
    inputs =
        Counter.builder("recovery.inputs")
            .description("Records that the decider was given; those behind a wedge are parked")
            .register(registry);
    decisions =
        Counter.builder("recovery.decisions").description("Decisions logged").register(registry);
    deadLetters =
        Counter.builder("recovery.dead.letters")
            .description("Records that could not be read or belong to nothing known")
            .register(registry);
    wedged =
        Counter.builder("recovery.wedged")
            .description("Inputs on which the decider threw")
            .register(registry);
  }

  void input() {
    inputs.increment();
  }

  void decision() {
    decisions.increment();
  }

  void deadLetter() {
    deadLetters.increment();
  }

  void wedge() {
    wedged.increment();
  }

  double inputs() {
    return inputs.count();
  }

  double deadLetters() {
    return deadLetters.count();
  }
}
