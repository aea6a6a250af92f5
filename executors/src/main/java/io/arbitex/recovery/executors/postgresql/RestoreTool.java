package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** pg_restore and psql of the inventory's tools folder, as runs that are yet to be started. */
final class RestoreTool {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)(?:\\.(\\d+))?");
  private static final Duration QUICK = Duration.ofSeconds(30);

  private final String restore;
  private final String psql;

  RestoreTool(Path folder) {
    this.restore = folder.resolve("pg_restore").toString();
    this.psql = folder.resolve("psql").toString();
  }

  /** A tool's version; {@code minor} is 0 for one that has none yet. */
  record Version(int major, int minor) {
    /** psql has {@code \restrict} (CVE-2025-8714). */
    boolean locksCommands() {
      return switch (major) {
        case 13 -> minor >= 22;
        case 14 -> minor >= 19;
        case 15 -> minor >= 14;
        case 16 -> minor >= 10;
        case 17 -> minor >= 6;
        default -> major >= 18;
      };
    }

    /** The oldest one that has it and can take this one's place; for messages. */
    String locksFrom() {
      return switch (major) {
        case 14 -> "14.19";
        case 15 -> "15.14";
        case 16 -> "16.10";
        case 17 -> "17.6";
        default -> "13.22";
      };
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /**
   * The major version of both.
   *
   * @throws ActionFailure PREFLIGHT when one is not there
   */
  int major(ActionContext context) throws ActionFailure, InterruptedException {
    psqlVersion(context);
    return version(context, restore).major();
  }

  Version psqlVersion(ActionContext context) throws ActionFailure, InterruptedException {
    return version(context, psql);
  }

  private static Version version(ActionContext context, String program)
      throws ActionFailure, InterruptedException {
    ToolProcess.Result result =
        quick(
            context,
            new ToolProcess.Run(List.of(program, "--version"), Map.of(), Optional.empty()));
    Matcher matcher = VERSION.matcher(result.output());
    if (!result.good() || !matcher.find()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          program + " does not tell its version: " + result.output() + result.errors(),
          "Install the PostgreSQL client tools where 'tools' of the inventory points.");
    }
    int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return new Version(Integer.parseInt(matcher.group(1)), minor);
  }

  /**
   * Decodes a whole archive and throws the result away: finds cuts and flipped bits that a list of
   * contents does not (facts: {@code pg_restore -l} ends with 0 on every damaged archive tried).
   *
   * @param input what is fed; empty for a folder, which pg_restore reads itself
   */
  ToolProcess.Run decode(Path dump, Optional<ToolProcess.Source> input) {
    List<String> words = new ArrayList<>(List.of(restore, "-f", "/dev/null"));
    if (input.isEmpty()) {
      words.add(dump.toString());
    }
    return new ToolProcess.Run(words, Map.of(), input);
  }

  /** The statements of an archive without its data. */
  DumpScript script(ActionContext context, Path dump, DumpFormat format)
      throws ActionFailure, InterruptedException {
    List<String> words =
        new ArrayList<>(List.of(restore, "--schema-only", "--no-owner", "-f", "-"));
    Optional<ToolProcess.Source> input = Optional.empty();
    if (format.seekable()) {
      words.add(dump.toString());
    } else {
      input = Optional.of(DumpStream.asWanted(dump, format.compression()));
    }
    ToolProcess.Result result = quick(context, new ToolProcess.Run(words, Map.of(), input));
    if (!result.good()) {
      throw ActionFailure.permanent(
          FailureCode.TOOL_FAILED,
          "pg_restore cannot read the schema of " + dump + ": " + result.why(),
          "Take another restore point.");
    }
    return new DumpScript(result.output());
  }

  /**
   * Restores an archive or a section of it. Owners are not restored, since their roles may not be
   * on this server: the admin owns all.
   *
   * @param options how
   * @param dump the archive to read; empty when it is fed
   */
  ToolProcess.Run archive(
      List<String> options,
      DatabaseAddress target,
      Optional<Path> dump,
      Optional<ToolProcess.Source> input) {
    List<String> words = new ArrayList<>(List.of(restore, "--exit-on-error"));
    words.addAll(options);
    words.addAll(List.of("--no-owner", "--no-password", "--dbname=" + target.database()));
    dump.ifPresent(path -> words.add(path.toString()));
    return new ToolProcess.Run(words, login(target), input);
  }

  /** Runs a script that is fed. */
  ToolProcess.Run script(DatabaseAddress target, ToolProcess.Source input) {
    return psql(target, input, List.of("--output=/dev/null", "--file=-"));
  }

  /** Loads rows that are fed, in COPY's binary format. */
  ToolProcess.Run rows(DatabaseAddress target, String table, ToolProcess.Source input) {
    return psql(target, input, List.of("--command=COPY " + table + " FROM STDIN (FORMAT binary)"));
  }

  private ToolProcess.Run psql(
      DatabaseAddress target, ToolProcess.Source input, List<String> options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                psql,
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--no-password",
                "--dbname=" + target.database()));
    words.addAll(options);
    return new ToolProcess.Run(words, login(target), Optional.of(input));
  }

  private static Map<String, String> login(DatabaseAddress target) {
    Map<String, String> login = target.environment();
    login.put("PGAPPNAME", "recovery-restore");
    return login;
  }

  private static ToolProcess.Result quick(ActionContext context, ToolProcess.Run run)
      throws ActionFailure, InterruptedException {
    try {
      return ToolProcess.run(context, run, QUICK, bytes -> {});
    } catch (ToolProcess.TimedOut e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED, e.getMessage(), "See to the machine's load and disks.", true, e);
    }
  }
}
