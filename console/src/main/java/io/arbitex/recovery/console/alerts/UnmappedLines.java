package io.arbitex.recovery.console.alerts;

import io.arbitex.recovery.alerts.ReceivedAlert;
import io.arbitex.recovery.alerts.UnmappedAlert;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** An alert that means nothing to anybody, with all that an entry in the inventory can name. */
final class UnmappedLines {
  private UnmappedLines() {}

  static List<String> of(ReceivedAlert alert, String why) {
    return of(UnmappedAlert.of(alert), why);
  }

  static List<String> of(UnmappedAlert alert, String why) {
    List<String> lines = new ArrayList<>();
    lines.add(why + " (" + alert.state() + ")");
    lines.add("  rule      " + alert.rule());
    alert.resources().forEach(id -> lines.add("  resource  " + id));
    new TreeMap<>(alert.labels())
        .forEach((name, value) -> lines.add("  label     " + name + ": " + value));
    lines.add("  says      " + alert.text());
    return lines;
  }
}
