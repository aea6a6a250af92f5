package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.record.IncidentEvent;
import java.time.Duration;
import java.util.List;

/**
 * The end of the incident of a loss. Demanded of each: recovered, the suite passed, and every
 * decision the same when its log is replayed.
 */
final class LossEnd {
  private static final Duration METRICS = Duration.ofSeconds(90);

  private final Watcher watcher;
  private final IncidentRecords records;
  private final Summary summary;
  private final List<String> failures;

  private LossEnd(
      Watcher watcher, IncidentRecords records, Summary summary, List<String> failures) {
    this.watcher = watcher;
    this.records = records;
    this.summary = summary;
    this.failures = failures;
  }

  /**
   * Reads all that the incident has left.
   *
   * @param failures to which is added what is not as demanded
   */
  static LossEnd of(Scenario scenario, Watcher watcher, IncidentEvent end, List<String> failures)
      throws InterruptedException {
    String id = end.getIncidentId();
    watcher.awaitMetrics(METRICS, id);
    IncidentRecords records = watcher.incident(id);
    LossEnd ended = new LossEnd(watcher, records, Summary.of(scenario.word(), records), failures);
    Demand.that(failures, "the outcome is RECOVERED", ended.recovered(), ended.summary.outcome());
    Demand.that(failures, "the suite has passed", records.verdict().isPresent(), "no verdict");
    return ended;
  }

  boolean recovered() {
    return summary.outcome().equals("RECOVERED");
  }

  IncidentRecords records() {
    return records;
  }

  /**
   * The drill's result.
   *
   * @param truth of the events; null where it was not asked for
   * @param users of the sessions; null where it was not asked for
   */
  DrillResult result(Truth truth, SessionTruth users, CrashPlan crashes)
      throws InvalidConfiguration {
    Replayed replayed = Replayed.of(watcher.decisions(), failures);
    return new DrillResult(
        summary,
        truth,
        users,
        replayed.run(),
        replayed.identical(),
        crashes.done(),
        failures,
        records);
  }
}
