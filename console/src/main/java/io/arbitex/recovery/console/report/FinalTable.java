package io.arbitex.recovery.console.report;

import java.util.ArrayList;
import java.util.List;

/** The end of an incident as a table for a terminal. */
public final class FinalTable {
  private FinalTable() {}

  public static List<String> lines(Summary summary) {
    List<String> lines = new ArrayList<>();
    lines.add("%s  %s  %s".formatted(summary.outcome(), summary.incidentId(), summary.severity()));
    lines.add("");
    lines.add("  %-18s %10s %12s".formatted("phase", "seconds", "target"));
    for (Summary.PhaseRow row : summary.phases()) {
      lines.add(
          "  %-18s %10.1f %10.0f s  %s"
              .formatted(row.phase(), row.seconds(), row.targetSeconds(), met(row.met())));
    }
    if (summary.rto().targetSeconds() > 0) {
      lines.add(
          "  %-18s %10.1f %10.0f s  %s"
              .formatted(
                  "RTO",
                  summary.rto().seconds(),
                  summary.rto().targetSeconds(),
                  met(summary.rto().met())));
    }
    if (summary.rpo().targetSeconds() > 0) {
      lines.add(
          "  %-18s %10.1f %10.0f s  %s, %s to %s events lost"
              .formatted(
                  "RPO (measured loss)",
                  summary.rpo().seconds(),
                  summary.rpo().targetSeconds(),
                  met(summary.rpo().met()),
                  summary.rpo().lostEventsMin(),
                  events(summary.rpo().lostEvents())));
    }
    lines.add("");
    lines.add(
        "  %-22s %-18s %-8s %8s %9s"
            .formatted("step", "procedure", "state", "seconds", "attempts"));
    for (Summary.StepRow row : summary.steps()) {
      lines.add(
          "  %-22s %-18s %-8s %8.1f %9d"
              .formatted(row.id(), row.procedure(), row.state(), row.seconds(), row.attempts()));
    }
    lines.add("");
    long passed =
        summary.validations().stream().filter(each -> each.status().equals("PASS")).count();
    lines.add("  %d of %d checks passed".formatted(passed, summary.validations().size()));
    for (Summary.Validation each : summary.validations()) {
      lines.add(
          "  %s %-34s %s"
              .formatted(each.status().equals("PASS") ? "✓" : "✗", each.check(), each.measured()));
    }
    lines.add("");
    lines.add(
        "  waited by policy %.1f s; idle after the confirmation %.3f s"
            .formatted(summary.time().policyWaitSeconds(), summary.time().idleSeconds()));
    return lines;
  }

  static String met(boolean met) {
    return met ? "met" : "MISSED";
  }

  static String events(long events) {
    return events == Long.MAX_VALUE ? "an unknown number of" : Long.toString(events);
  }
}
