package io.arbitex.recovery.verifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.PhaseArithmetic;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.PhaseMetric;
import java.time.Duration;
import java.util.List;

/** The phases of an incident that has ended, against the runbook's targets. */
final class PhaseMetrics {
  private PhaseMetrics() {}

  static List<PhaseMetric> of(IncidentEvent end, Policy policy) {
    return PhaseArithmetic.rows(
            end.getIntervals(), end.getBadSince(), end.getAt(), policy, end.getSeverity().name())
        .stream()
        .map(
            row ->
                PhaseMetric.newBuilder()
                    .setId(end.getIncidentId() + "/" + row.phase())
                    .setIncidentId(end.getIncidentId())
                    .setPlatform(end.getPlatform())
                    .setSeverity(end.getSeverity())
                    .setPhase(row.phase())
                    .setStartedAt(row.start())
                    .setEndedAt(row.end())
                    .setSeconds(seconds(row.time()))
                    .setTargetSeconds(seconds(row.target()))
                    .setCumulativeSeconds(seconds(row.cumulative()))
                    .setCumulativeTargetSeconds(seconds(row.cumulativeTarget()))
                    .setMet(row.met())
                    .build())
        .toList();
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
