package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.DatabaseMark;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The dump in the fresh database, all of it. The mark says RESTORED only after all of it is in;
 * until then every try begins with an empty database.
 */
final class RestoreDump extends BoundAction {
  private static final Pattern FULL =
      Pattern.compile("No space left on device|[Dd]isk quota exceeded|disk full");
  private static final Pattern REFUSED =
      Pattern.compile("authentication failed|no pg_hba\\.conf entry|permission denied");
  private static final Pattern GONE =
      Pattern.compile(
          "server closed the connection|Connection refused|could not connect|connection to server"
              + "|terminating connection|the database system is|No route to host|timeout expired");
  private static final Duration TELL = Duration.ofSeconds(1);

  /** How often the kill switch is read on the way; all of a restore is one transaction. */
  private static final Duration KILL_SWITCH = Duration.ofSeconds(2);

  private final DumpSource source;
  private final RestoreTool tool;

  RestoreDump(DumpSource source) {
    super(
        "restore-dump",
        "restore the dump into the fresh database",
        true,
        Duration.ofHours(12),
        RetryPolicy.upTo(3, Duration.ofSeconds(2), Duration.ofSeconds(30)));
    this.source = source;
    this.tool = new RestoreTool(source.postgresql().tools());
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    try {
      return fresh.reached(DatabaseMark.Stage.RESTORED)
          ? Look.alreadySo()
          : Look.notYet("the database " + fresh.name() + " is not marked as restored");
    } catch (SQLException e) {
      throw DatabaseFailures.of(fresh.door().server().name(), e);
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FreshDatabase fresh = FreshDatabase.of(source, context);
    String server = fresh.door().server().name();
    ChosenDump dump = ChosenDump.of(context);
    DumpScript script = dump.statements(context, tool);
    try {
      fresh.beginRestore(context);
      makeRoles(fresh.door(), script);
      DumpLoad.Loaded loaded =
          new DumpLoad(
                  tool,
                  source.restore(),
                  context,
                  dump,
                  fresh.door().address(fresh.name()),
                  progress(context, dump))
              .load();
      if (loaded.failed().isPresent()) {
        ToolProcess.Result result = loaded.failed().get();
        throw failure(server, fresh, result.why(), result.whole());
      }
      // The dump may have been changed on disk since it was chosen; then this is not that dump.
      if (loaded.changed().isPresent()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "the dump " + loaded.changed().get() + " changed while it was restored",
            "See who writes to the folder; retry.");
      }
      fresh
          .marked()
          .advance(
              fresh.mark(
                  DatabaseMark.Stage.RESTORED,
                  context,
                  Map.of(RestoreFacts.POINT, dump.point().getId())));
    } catch (SQLException e) {
      throw DatabaseFailures.of(server + ": restore into " + fresh.name(), e);
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "the dump " + dump.file() + " cannot be read: " + e,
          "See to the disk or the share that the dump is on.",
          false,
          e);
    } catch (ToolProcess.TimedOut e) {
      throw new ActionFailure(
          FailureCode.DEADLINE, e.getMessage(), "Raise the procedure's timeout.", false, e);
    }
  }

  /**
   * Grants of the dump need their roles. A role that is made here may not log in: who may, the
   * cutover decides.
   */
  private static void makeRoles(AdminDoor door, DumpScript script)
      throws SQLException, ActionFailure {
    try (Connection maintenance = door.open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      for (String role : script.grantees()) {
        if (Sql.number(maintenance, "SELECT count(*) FROM pg_roles WHERE rolname = ?", role) == 0) {
          Sql.run(maintenance, "CREATE ROLE " + Sql.name(maintenance, role) + " NOLOGIN");
        }
      }
    }
  }

  private static ToolProcess.Watch progress(ActionContext context, ChosenDump dump) {
    long started = System.nanoTime();
    long[] told = {started};
    long[] read = {started};
    return bytes -> {
      long now = System.nanoTime();
      if (now - read[0] >= KILL_SWITCH.toNanos()) {
        read[0] = now;
        Optional<String> stopped = context.stopped();
        if (stopped.isPresent()) {
          throw ActionFailure.permanent(
              FailureCode.KILL_SWITCH,
              "the restore was ended on its way: " + stopped.get(),
              "Release the kill switch when changes are safe again, then retry.");
        }
      }
      if (now - told[0] >= TELL.toNanos()) {
        told[0] = now;
        double seconds = (now - started) / 1e9;
        context.progress(
            bytes > 0
                ? "restored %.1f of %.1f MB of the dump in %.1f s"
                    .formatted(bytes / 1e6, size(dump) / 1e6, seconds)
                : "restoring %.1f MB for %.1f s".formatted(size(dump) / 1e6, seconds));
      }
    };
  }

  private static long size(ChosenDump dump) {
    return dump.point().getSizeBytes()
        + dump.point().getParts().stream().mapToLong(DumpPart::getSizeBytes).sum();
  }

  private static ActionFailure failure(
      String server, FreshDatabase fresh, String errors, String whole) {
    String message = server + ": the restore into " + fresh.name() + " failed: " + errors;
    if (FULL.matcher(whole).find()) {
      return ActionFailure.permanent(
          FailureCode.TARGET_FULL,
          message,
          "Free or add disk space on " + server + ", or put another server into restoreTo.");
    }
    if (REFUSED.matcher(whole).find()) {
      return ActionFailure.permanent(
          FailureCode.AUTHENTICATION,
          message,
          "Check the admin's role, password and rights on " + server + ".");
    }
    // Without words that are known here, the server itself is asked whether it is still there.
    try (Connection connection = fresh.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      boolean alive = Sql.number(connection, "SELECT 1") == 1;
      if (alive && !GONE.matcher(whole).find()) {
        return ActionFailure.permanent(
            FailureCode.TOOL_FAILED, message, "See the message; try an older restore point.");
      }
    } catch (SQLException e) {
      ActionFailure gone = DatabaseFailures.of(message + "; the server now", e);
      if (gone.code() != FailureCode.UNKNOWN) {
        return gone;
      }
    } catch (ActionFailure e) {
      return e;
    }
    return ActionFailure.passing(
        FailureCode.TARGET_UNREACHABLE, message, "See whether the server is up and reachable.");
  }
}
