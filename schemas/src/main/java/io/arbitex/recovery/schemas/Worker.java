package io.arbitex.recovery.schemas;

import java.util.Arrays;
import java.util.Locale;

/** Who carries a step out; each has a command topic of its own. */
public enum Worker {
  POSTGRESQL,
  REDIS,
  PVC,
  AKS,
  CUTOVER,
  NOTIFY,
  VERIFIER;

  /** The name on topics and in records: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The worker of that name.
   *
   * @throws IllegalArgumentException naming the allowed ones
   */
  public static Worker of(String id) {
    return Arrays.stream(values())
        .filter(worker -> worker.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no worker '"
                        + id
                        + "'; there are "
                        + Arrays.stream(values()).map(Worker::id).toList()));
  }
}
