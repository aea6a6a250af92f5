package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.UnreadableManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import java.nio.file.Path;

/** The dump that was chosen, found again by later actions, which may run in another process. */
record ChosenDump(Path file, RestorePoint point) {

  static ChosenDump of(ActionContext context) throws ActionFailure {
    Path manifest = Path.of(context.required(DumpFacts.MANIFEST));
    String name = manifest.getFileName().toString();
    Path file =
        manifest.resolveSibling(
            name.substring(0, name.length() - RestorePointManifest.SUFFIX.length()));
    RestorePoint point;
    try {
      point = RestorePointManifest.read(manifest);
    } catch (UnreadableManifest e) {
      throw new ActionFailure(
          FailureCode.NO_RESTORE_POINT,
          "the manifest of the chosen dump is gone or damaged: " + e.getMessage(),
          "See who cleans the folder while a recovery runs; retry.",
          false,
          e);
    }
    if (!point.getId().equals(context.required(DumpFacts.POINT))) {
      throw ActionFailure.permanent(
          FailureCode.NO_RESTORE_POINT,
          manifest + " now belongs to " + point.getId(),
          "See who overwrites dumps; each must have a name of its own.");
    }
    return new ChosenDump(file, point);
  }
}
