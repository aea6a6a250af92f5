package io.arbitex.recovery.lab.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import java.time.Duration;
import java.util.List;

/**
 * The result of a drill.
 *
 * @param failures what is not as the scenario demands; empty means passed
 * @param truth of the database's loss; null where the database is not what was lost
 * @param sessions of Redis' loss; null where Redis is not what was lost
 * @param replayed decisions that were run again from the log
 * @param replayedIdentically of those, how many came out byte for byte
 * @param chaos processes that were killed on the way
 */
public record DrillResult(
    @JsonUnwrapped Summary summary,
    @JsonInclude(JsonInclude.Include.NON_NULL) Truth truth,
    @JsonInclude(JsonInclude.Include.NON_NULL) SessionTruth sessions,
    int replayed,
    int replayedIdentically,
    List<String> chaos,
    List<String> failures,
    @JsonIgnore IncidentRecords records) {

  /** Of an incident that did not come to an end. */
  static DrillResult endless(
      String scenario, IncidentRecords open, Duration limit, CrashPlan crashes) {
    return new DrillResult(
        Summary.of(scenario, open),
        null,
        null,
        0,
        0,
        crashes.done(),
        List.of("no end within " + limit.toSeconds() + " s of the break"),
        open);
  }

  public boolean passed() {
    return failures.isEmpty();
  }
}
