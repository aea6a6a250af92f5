package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import java.util.Optional;

/**
 * Stores of the incident that are cut over after a command: a pod may need one of them before it
 * starts, or before it is ready. While there are any, a cutover asks that pods are made, tells
 * which are not ready, and leaves their readiness to the suite at the incident's end.
 */
public final class LaterStores {
  /** Fact: workloads that were not ready when a cutover ended. */
  public static final String UNREADY = "not-ready-yet";

  /** Parameter: the stores, joined by commas. */
  private static final String PARAMETER = "stores-wait";

  private LaterStores() {}

  /** Their names, for people; empty when the command's is the last. */
  public static Optional<String> of(ActionContext context) {
    return context.fact(PARAMETER).filter(names -> !names.isEmpty());
  }
}
