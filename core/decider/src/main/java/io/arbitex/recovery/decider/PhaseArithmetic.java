package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** RTO phases against the runbook's table: a phase's time is the union of its intervals. */
public final class PhaseArithmetic {
  private static final List<Phase> IN_ORDER =
      List.of(Phase.DETECTION_TRIAGE, Phase.RESTORE, Phase.VERIFY, Phase.CUTOVER);

  /**
   * One row of the table.
   *
   * @param cumulative time of this and all earlier rows, as the runbook adds them up
   */
  public record Row(
      Phase phase,
      Instant start,
      Instant end,
      Duration time,
      Duration target,
      Duration cumulative,
      Duration cumulativeTarget) {

    public boolean met() {
      return time.compareTo(target) <= 0;
    }
  }

  private PhaseArithmetic() {}

  /**
   * The rows of all phases that took place, and of the whole.
   *
   * @param from the first bad observation
   * @param to the end of the incident
   */
  public static List<Row> rows(
      List<PhaseInterval> intervals, Instant from, Instant to, Policy policy, String severity) {
    Policy.Targets targets = policy.targets(severity);
    List<Row> rows = new ArrayList<>();
    Duration cumulative = Duration.ZERO;
    Duration cumulativeTarget = Duration.ZERO;
    for (Phase phase : IN_ORDER) {
      List<PhaseInterval> of =
          intervals.stream().filter(interval -> interval.getPhase() == phase).toList();
      Duration target = scaled(target(policy.phases(), phase), targets.phaseFactor());
      cumulativeTarget = cumulativeTarget.plus(target);
      if (of.isEmpty()) {
        continue;
      }
      Duration time = union(of);
      cumulative = cumulative.plus(time);
      rows.add(
          new Row(
              phase,
              of.stream().map(PhaseInterval::getStartedAt).min(Instant::compareTo).orElseThrow(),
              of.stream().map(PhaseInterval::getEndedAt).max(Instant::compareTo).orElseThrow(),
              time,
              target,
              cumulative,
              cumulativeTarget));
    }
    Duration total = Duration.between(from, to);
    rows.add(new Row(Phase.TOTAL, from, to, total, targets.rto(), total, targets.rto()));
    return rows;
  }

  /** The time covered by at least one of the intervals. */
  public static Duration union(List<PhaseInterval> intervals) {
    List<PhaseInterval> sorted =
        intervals.stream().sorted(Comparator.comparing(PhaseInterval::getStartedAt)).toList();
    Duration sum = Duration.ZERO;
    Instant covered = Instant.MIN;
    for (PhaseInterval interval : sorted) {
      Instant from = interval.getStartedAt().isAfter(covered) ? interval.getStartedAt() : covered;
      if (interval.getEndedAt().isAfter(from)) {
        sum = sum.plus(Duration.between(from, interval.getEndedAt()));
        covered = interval.getEndedAt();
      }
    }
    return sum;
  }

  private static Duration target(Policy.Phases phases, Phase phase) {
    return switch (phase) {
      case DETECTION_TRIAGE -> phases.detectionTriage();
      case RESTORE -> phases.restore();
      case VERIFY -> phases.verify();
      case CUTOVER -> phases.cutover();
      default -> throw new IllegalArgumentException("no target of its own: " + phase);
    };
  }

  private static Duration scaled(Duration target, double factor) {
    return Duration.ofMillis(Math.round(target.toMillis() * factor));
  }
}
