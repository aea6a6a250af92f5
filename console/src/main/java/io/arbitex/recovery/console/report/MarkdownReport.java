package io.arbitex.recovery.console.report;

import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;

/** The post-mortem of an incident as Markdown. */
public final class MarkdownReport {
  private MarkdownReport() {}

  public static String of(IncidentRecords records, Summary summary) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(summary.incidentId()).append(": ").append(summary.outcome());
    text.append("\n\nSeverity ").append(summary.severity()).append(". ");
    records.events().stream().findFirst().ifPresent(first -> text.append(first.getText()));
    text.append("\n\n## Phases\n\n| phase | seconds | target | met |\n|---|---:|---:|---|\n");
    for (Summary.PhaseRow row : summary.phases()) {
      text.append(
          "| %s | %.1f | %.0f | %s |\n"
              .formatted(row.phase(), row.seconds(), row.targetSeconds(), yes(row.met())));
    }
    text.append(
        "| **RTO** | %.1f | %.0f | %s |\n"
            .formatted(
                summary.rto().seconds(), summary.rto().targetSeconds(), yes(summary.rto().met())));
    text.append("\n## Loss\n\n");
    text.append(
        "Measured: %.1f to %.1f s, %d to %s events. Target %.0f s: %s.\n"
            .formatted(
                summary.rpo().secondsMin(),
                summary.rpo().seconds(),
                summary.rpo().lostEventsMin(),
                FinalTable.events(summary.rpo().lostEvents()),
                summary.rpo().targetSeconds(),
                FinalTable.met(summary.rpo().met())));
    records
        .losses()
        .forEach(loss -> text.append("\nEvidence: ").append(loss.getEvidence()).append(".\n"));
    steps(text, summary);
    proof(text, records);
    time(text, records, summary);
    timeline(text, records);
    return text.toString();
  }

  private static void steps(StringBuilder text, Summary summary) {
    text.append("\n## Steps\n\n| step | procedure | state | seconds | attempts | |\n");
    text.append("|---|---|---|---:|---:|---|\n");
    for (Summary.StepRow row : summary.steps()) {
      text.append(
          "| %s | %s | %s | %.1f | %d | %s |\n"
              .formatted(
                  row.id(),
                  row.procedure(),
                  row.state(),
                  row.seconds(),
                  row.attempts(),
                  cell(row.text())));
    }
  }

  private static void proof(StringBuilder text, IncidentRecords records) {
    text.append("\n## Proof\n\n| check | status | expected | measured |\n|---|---|---|---|\n");
    for (ValidationOutcome outcome : records.outcomes()) {
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  outcome.getCheck(),
                  outcome.getStatus(),
                  cell(outcome.getExpected()),
                  cell(outcome.getMeasured())));
    }
  }

  private static void time(StringBuilder text, IncidentRecords records, Summary summary) {
    text.append("\n## Where the time went after the confirmation\n\n");
    text.append(
        "Idle: %.3f s. Waited by policy: %.1f s.\n\n| used for | what | seconds |\n|---|---|---:|\n"
            .formatted(summary.time().idleSeconds(), summary.time().policyWaitSeconds()));
    for (TimeUse.Stretch stretch : TimeUse.of(records)) {
      text.append(
          "| %s | %s | %.3f |\n"
              .formatted(stretch.use(), cell(stretch.what()), Summary.seconds(stretch.time())));
    }
  }

  private record Entry(Instant at, SpecificRecordBase value) {}

  private static void timeline(StringBuilder text, IncidentRecords records) {
    text.append("\n## Timeline (UTC)\n\n```\n");
    Stream<Entry> events =
        records.events().stream().map((IncidentEvent each) -> new Entry(each.getAt(), each));
    Stream<Entry> actions =
        records.progress().stream()
            .filter(each -> each.getTransition() != StepTransition.PROGRESS)
            .map((StepEvent each) -> new Entry(each.getAt(), each));
    Stream<Entry> checks =
        records.outcomes().stream().map((ValidationOutcome each) -> new Entry(each.getAt(), each));
    List<Entry> all =
        Stream.of(events, actions, checks)
            .flatMap(each -> each)
            .sorted(Comparator.comparing(Entry::at))
            .toList();
    Lines lines = new Lines();
    all.forEach(entry -> lines.of(entry.value()).ifPresent(line -> text.append(line).append('\n')));
    text.append("```\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private static String yes(boolean met) {
    return met ? "yes" : "**no**";
  }
}
