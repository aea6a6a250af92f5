package io.arbitex.recovery.verifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.PhaseArithmetic;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The phases of an incident that has ended, against the runbook's targets. */
final class PhaseMetrics {
  private PhaseMetrics() {}

  /**
   * The metrics of a record of {@code recovery.incidents}; none unless it says that an incident is
   * resolved.
   *
   * @throws UndecodableRecord when it is no such event, or one that cannot be: of a severity that
   *     the policy does not have, or of another partition's platform
   */
  static List<PhaseMetric> of(
      ConsumerRecord<String, byte[]> record,
      Framing framing,
      Partitions partitions,
      Policy policy) {
    IncidentEvent event = framing.decode(record.value(), IncidentEvent.class);
    if (event.getKind() != IncidentKind.RESOLVED) {
      return List.of();
    }
    int right = partitions.ofPlatform(event.getPlatform());
    if (right != record.partition()) {
      throw new UndecodableRecord(
          "platform '" + event.getPlatform() + "' belongs to partition " + right);
    }
    try {
      return of(event, policy);
    } catch (RuntimeException e) {
      // Whatever its values lead to, they will lead to it each time that it is read.
      throw new UndecodableRecord("an end of an incident without phases: " + e, e);
    }
  }

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
