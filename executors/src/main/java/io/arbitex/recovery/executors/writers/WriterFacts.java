package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.kubernetes.Rival;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Facts of stopping and starting writers. */
public final class WriterFacts {
  /** How many replicas each had; there from before the first one is scaled down. */
  static final String COUNTS = "writer-replicas";

  /** Set when clean-up has claimed all writers, so that no earlier owner can stop one any more. */
  static final String CLAIMED = "writers-claimed";

  /** Who was paused, joined by commas; there from before the first one is. */
  static final String RIVALS = "paused-rivals";

  /** Stores of the incident that are still to be cut over, joined by commas; of the command. */
  private static final String STORES_WAIT = "stores-wait";

  /** Writers that were not ready when the cutover ended, and why nobody waited for them. */
  static final String UNREADY = "not-ready-yet";

  private WriterFacts() {}

  /** What else is to be recovered, for people; empty when nothing is. */
  public static Optional<String> storesWait(ActionContext context) {
    return context.fact(STORES_WAIT).filter(names -> !names.isEmpty());
  }

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
