package io.arbitex.recovery.lab.network;

import java.util.Arrays;
import java.util.Locale;

/** What a network path does. */
public enum PathState {
  /** Passes everything on. */
  OPEN,
  /** Ends its connections and refuses new ones, as a machine does on which nothing listens. */
  REFUSED,
  /** Takes connections and passes nothing on, as a firewall does that drops packets. */
  BLACK_HOLE;

  /** The word on the control address: lower case with dashes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException naming the allowed words
   */
  public static PathState of(String word) {
    return Arrays.stream(values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + word
                        + "' is none of "
                        + Arrays.stream(values()).map(PathState::word).toList()));
  }
}
