package io.arbitex.recovery.executors.postgresql;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a PostgreSQL tool says, fit for records. Only its own lines are kept: DETAIL, CONTEXT, the
 * statement and the lines of a COPY quote rows. Where a COPY failed the error itself may quote a
 * value, so nothing in quotes is kept of it.
 */
final class ToolErrors {
  private static final Pattern OWN =
      Pattern.compile("(?:pg_\\w+|nice|psql(?::<stdin>:\\d+)?): .*|(?:ERROR|FATAL|PANIC): .*");
  private static final Pattern COPY =
      Pattern.compile("(.*?COPY failed for table \"[^\"]*\": \\w+: )(.*)");

  /** psql says no more than this of a COPY that failed; names may stay, values not. */
  private static final Pattern PSQL = Pattern.compile("(?:psql|ERROR|FATAL|PANIC).*");

  private static final Pattern VALUE =
      Pattern.compile(
          "(?<!\\b(?:role|relation|table|database|schema|type|function|extension|constraint"
              + "|index|column) )\"[^\"]*(?:\"|$)|'[^']*(?:'|$)");
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*(\"|$)");

  private ToolErrors() {}

  static String withoutRows(String errors) {
    return errors
        .lines()
        .map(String::strip)
        .filter(line -> OWN.matcher(line).matches())
        .filter(line -> !line.contains("Command was:"))
        .map(ToolErrors::withoutValues)
        .collect(Collectors.joining(" | "));
  }

  private static String withoutValues(String line) {
    if (PSQL.matcher(line).matches()) {
      return VALUE.matcher(line).replaceAll("\"(left out)\"");
    }
    var copy = COPY.matcher(line);
    return copy.matches()
        ? copy.group(1) + QUOTED.matcher(copy.group(2)).replaceAll("\"(left out)\"")
        : line;
  }
}
