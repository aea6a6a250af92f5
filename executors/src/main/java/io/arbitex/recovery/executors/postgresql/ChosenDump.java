package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.checks.UnreadableManifest;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.file.Path;

/** The dump that was chosen, found again by later actions, which may run in another process. */
record ChosenDump(Path file, RestorePoint point, DumpFormat format) {

  static ChosenDump of(ActionContext context) throws ActionFailure {
    Path manifest = Path.of(context.required(DumpFacts.MANIFEST));
    String name = manifest.getFileName().toString();
    Path file =
        manifest.resolveSibling(
            name.substring(0, name.length() - RestorePointManifest.SUFFIX.length()));
    RestorePoint point;
    DumpFormat format;
    try {
      point = RestorePointManifest.read(manifest);
      format = DumpFormat.of(file);
    } catch (UnreadableManifest e) {
      throw gone("the manifest of the chosen dump is gone or damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw gone("the chosen dump " + file + " can no longer be read: " + e, e);
    } catch (UnusableDump e) {
      throw gone("the chosen dump " + file + " is no longer one: it " + e.getMessage(), e);
    }
    if (!point.getId().equals(context.required(RestoreFacts.POINT))) {
      throw ActionFailure.permanent(
          FailureCode.NO_RESTORE_POINT,
          manifest + " now belongs to " + point.getId(),
          "See who overwrites dumps; each must have a name of its own.");
    }
    return new ChosenDump(file, point, format);
  }

  /** The statements about rights and constraints in it. */
  DumpScript statements(ActionContext context, RestoreTool tool)
      throws ActionFailure, InterruptedException {
    if (format.kind() == DumpFormat.Kind.PLAIN) {
      return new PlainDump(file, format.compression())
          .read(context, context.remaining())
          .statements();
    }
    return tool.script(context, file, format);
  }

  private static ActionFailure gone(String message, Exception cause) {
    return new ActionFailure(
        FailureCode.NO_RESTORE_POINT,
        message,
        "See who cleans the folder while a recovery runs; retry.",
        false,
        cause);
  }
}
