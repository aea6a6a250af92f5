package io.arbitex.recovery.configuration;

import java.io.IOException;

/**
 * Whoever runs the clusters says that it has none by that name. That is more than no answer: the
 * cluster is gone.
 */
public final class NoSuchCluster extends IOException {
  private static final long serialVersionUID = 1L;

  public NoSuchCluster(String message) {
    super(message);
  }
}
