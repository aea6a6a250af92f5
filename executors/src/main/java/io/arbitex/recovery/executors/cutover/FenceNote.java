package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import java.util.Optional;

/**
 * That a source was closed to the platform, and who could connect to it before: kept on a writer,
 * so that a later command can open it again.
 *
 * @param resource as the binding names the source
 * @param grants as in {@link CutoverFacts#FENCED_GRANTS}; empty where logins were closed
 */
record FenceNote(String resource, String grants) {

  static FenceNote of(ActionContext context, String grants) {
    return new FenceNote(context.required(CutoverFacts.SOURCE_RESOURCE), grants);
  }

  String text() {
    return resource + " " + grants;
  }

  static FenceNote parse(String text) {
    String[] words = text.split(" ", 2);
    return new FenceNote(words[0], words.length > 1 ? words[1] : "");
  }

  /** The note of the source that this command has, too. */
  static Optional<FenceNote> ofSource(ActionContext context, Optional<String> note) {
    return note.map(FenceNote::parse)
        .filter(found -> found.resource().equals(context.required(CutoverFacts.SOURCE_RESOURCE)));
  }
}
