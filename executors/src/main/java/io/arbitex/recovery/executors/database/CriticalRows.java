package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.record.TableCount;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The text of {@link RestoreFacts#CRITICAL_ROWS}. */
public final class CriticalRows {
  private CriticalRows() {}

  public static String text(List<TableCount> counts) {
    return counts.stream()
        .map(each -> each.getTable() + "=" + each.getRows())
        .collect(Collectors.joining(","));
  }

  /**
   * The counts again.
   *
   * @throws IllegalArgumentException for a text that {@link #text} did not make
   */
  public static List<TableCount> parse(String text) {
    List<TableCount> counts = new ArrayList<>();
    for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = each.lastIndexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("'" + each + "' is not a table and its rows");
      }
      counts.add(
          new TableCount(each.substring(0, equals), Long.parseLong(each.substring(equals + 1))));
    }
    return counts;
  }
}
