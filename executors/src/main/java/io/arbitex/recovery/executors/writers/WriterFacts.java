package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import java.util.Optional;

/** Facts of stopping and starting writers. */
final class WriterFacts {
  /** How many replicas each had; there from before the first one is scaled down. */
  static final String COUNTS = "writer-replicas";

  /** Set when clean-up has claimed all writers, so that no earlier owner can stop one any more. */
  static final String CLAIMED = "writers-claimed";

  private WriterFacts() {}

  static Optional<WriterCounts> counts(ActionContext context) {
    return context.fact(COUNTS).map(WriterCounts::parse);
  }
}
