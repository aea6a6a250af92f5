package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import java.util.Optional;

/**
 * The file in a staging that says which files were proven, by their sums, and what they hold.
 *
 * @param command that proved them
 * @param loaded see {@link StagedLoad}
 */
record Seal(String command, long keys, long loaded) {

  static void write(ActionContext context, VolumeScript script, Staging staging, StagedLoad load)
      throws ActionFailure, InterruptedException {
    script.change(
        context,
        RedisTarget.LONG,
        "seal",
        staging.folder(),
        Long.toString(load.keys()),
        Long.toString(load.loaded()));
  }

  /** Reads its text. */
  static Seal parse(String text) {
    return new Seal(
        line(text, "command").orElse(""),
        line(text, "keys").map(Long::parseLong).orElse(-1L),
        line(text, "loaded").map(Long::parseLong).orElse(-1L));
  }

  private static Optional<String> line(String text, String word) {
    return text.lines()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1).strip())
        .findFirst();
  }
}
