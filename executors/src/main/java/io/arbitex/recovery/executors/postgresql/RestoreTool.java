package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** pg_restore of the inventory's tools folder. */
final class RestoreTool {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
  private static final Duration QUICK = Duration.ofSeconds(30);

  private final String program;

  RestoreTool(Path folder) {
    this.program = folder.resolve("pg_restore").toString();
  }

  /**
   * Its major version.
   *
   * @throws ActionFailure PREFLIGHT when there is none
   */
  int major(ActionContext context) throws ActionFailure, InterruptedException {
    ToolProcess.Result result = quick(context, List.of(program, "--version"), null);
    Matcher matcher = VERSION.matcher(result.output());
    if (result.status() != 0 || !matcher.find()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          program + " does not tell its version: " + result.output() + result.errors(),
          "Install the PostgreSQL client tools where 'tools' of the inventory points.");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /**
   * Decodes the whole dump and throws the result away: finds cuts and flipped bits that a list of
   * contents does not (facts: {@code pg_restore -l} ends with 0 on every damaged archive tried).
   */
  ToolProcess.Result decode(
      ActionContext context, Path dump, Duration limit, ToolProcess.Watch progress)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    return ToolProcess.run(
        context, List.of(program, "-f", "/dev/null"), Map.of(), dump, limit, progress);
  }

  /** The statements of the dump without its data. */
  DumpScript script(ActionContext context, Path dump) throws ActionFailure, InterruptedException {
    ToolProcess.Result result =
        quick(
            context,
            List.of(program, "--schema-only", "--no-owner", "-f", "-", dump.toString()),
            null);
    if (result.status() != 0) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED,
          "pg_restore cannot read the schema of " + dump + ": " + result.errors(),
          "Take another restore point.");
    }
    return new DumpScript(result.output());
  }

  /**
   * Restores all or nothing, in one transaction: measured as fast as any other way that cannot
   * leave a part. Owners are not restored, since their roles may not be on this server: the admin
   * owns all.
   */
  ToolProcess.Result restore(
      ActionContext context,
      Path dump,
      DatabaseAddress target,
      Duration limit,
      ToolProcess.Watch progress)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    Map<String, String> login = target.environment();
    login.put("PGAPPNAME", "recovery-restore");
    return ToolProcess.run(
        context,
        List.of(
            program,
            "--exit-on-error",
            "--single-transaction",
            "--no-owner",
            "--no-password",
            "--dbname=" + target.database()),
        login,
        dump,
        limit,
        progress);
  }

  private static ToolProcess.Result quick(ActionContext context, List<String> command, Path input)
      throws ActionFailure, InterruptedException {
    try {
      return ToolProcess.run(context, command, Map.of(), input, QUICK, bytes -> {});
    } catch (ToolProcess.TimedOut e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED, e.getMessage(), "See to the machine's load and disks.", true, e);
    }
  }
}
