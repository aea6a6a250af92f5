package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import java.io.IOException;

/** A baseline as one line of JSON, for where a fact carries it. */
public final class BaselineText {
  private BaselineText() {}

  public static String of(Baseline baseline) {
    return RestorePointJson.baseline(baseline).toString();
  }

  /**
   * Reads it back.
   *
   * @throws IOException when it is none, naming the field
   */
  public static Baseline read(String text) throws IOException {
    return RestorePointJson.readBaseline(text);
  }
}
