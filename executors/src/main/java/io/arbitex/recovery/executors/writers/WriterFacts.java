package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.kubernetes.Rival;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Facts of stopping and starting writers. */
final class WriterFacts {
  /** How many replicas each had; there from before the first one is scaled down. */
  static final String COUNTS = "writer-replicas";

  /** Set when clean-up has claimed all writers, so that no earlier owner can stop one any more. */
  static final String CLAIMED = "writers-claimed";

  /** Who was paused, joined by commas; there from before the first one is. */
  static final String RIVALS = "paused-rivals";

  private WriterFacts() {}

  /** Who was paused by this command; empty when nobody was. */
  static List<Rival> rivals(ActionContext context) {
    return Arrays.stream(context.fact(RIVALS).orElse("").split(",", -1))
        .filter(each -> !each.isEmpty())
        .map(Rival::parse)
        .toList();
  }

  static Optional<WriterCounts> counts(ActionContext context) {
    return context.fact(COUNTS).map(WriterCounts::parse);
  }
}
