package io.arbitex.recovery.lab.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import java.util.List;

/**
 * The result of a drill.
 *
 * @param failures what is not as the scenario demands; empty means passed
 * @param replayed decisions that were run again from the log
 * @param replayedIdentically of those, how many came out byte for byte
 * @param chaos processes that were killed on the way
 */
public record DrillResult(
    @JsonUnwrapped Summary summary,
    Truth truth,
    int replayed,
    int replayedIdentically,
    List<String> chaos,
    List<String> failures,
    @JsonIgnore IncidentRecords records) {

  public boolean passed() {
    return failures.isEmpty();
  }
}
