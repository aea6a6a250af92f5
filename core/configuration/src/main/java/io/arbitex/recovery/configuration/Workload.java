package io.arbitex.recovery.configuration;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A workload of the platform's namespace, written as {@code kubectl} does: {@code
 * deployment/arbitex-platform}.
 */
public record Workload(Kind kind, String name) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  /** What can be written here. */
  public enum Kind {
    DEPLOYMENT,
    STATEFULSET,
    CRONJOB;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Workload of(String text) {
    int slash = text.indexOf('/');
    String name = text.substring(slash + 1);
    return Arrays.stream(Kind.values())
        .filter(kind -> slash > 0 && kind.word().equals(text.substring(0, slash)))
        .filter(kind -> NAME.matcher(name).matches())
        .findFirst()
        .map(kind -> new Workload(kind, name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is no workload, allowed: deployment/NAME, statefulset/NAME,"
                        + " cronjob/NAME"));
  }

  @Override
  public String toString() {
    return kind.word() + "/" + name;
  }
}
