package io.arbitex.recovery.console.report;

import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where the time went between the confirmation and the end: in an action, in a check, in a wait
 * that the policy asks for, in observing the new resource, or in nothing at all.
 */
public final class TimeUse {

  /** What a stretch of time was used for. */
  public enum Use {
    ACTION,
    CHECK,
    /** The policy's restoreAfter: a restart may heal it. */
    POLICY_WAIT,
    /** Proven; the observers look at the new resource until the policy believes them. */
    OBSERVING,
    IDLE
  }

  /** One stretch. */
  public record Stretch(Use use, String what, Instant from, Instant to) {
    public Duration time() {
      return Duration.between(from, to);
    }
  }

  private TimeUse() {}

  /** All stretches in order, gaps between them told as IDLE with what came before and after. */
  public static List<Stretch> of(IncidentRecords records) {
    Optional<IncidentEvent> opened = records.first(IncidentKind.OPENED);
    if (opened.isEmpty()) {
      return List.of();
    }
    List<Stretch> busy = new ArrayList<>();
    records
        .first(IncidentKind.PLAN_ISSUED)
        .ifPresent(
            plan ->
                busy.add(
                    new Stretch(
                        Use.POLICY_WAIT, "restoreAfter", opened.get().getAt(), plan.getAt())));
    for (StepEvent event : records.progress()) {
      if (event.getTransition() == StepTransition.ACTION_DONE
          || event.getTransition() == StepTransition.ACTION_RETRIED) {
        busy.add(
            new Stretch(
                Use.ACTION,
                event.getStepId() + "/" + event.getAction(),
                event.getStartedAt(),
                event.getAt()));
      }
    }
    for (ValidationOutcome outcome : records.outcomes()) {
      if (outcome.getKind() == OutcomeKind.CHECK) {
        busy.add(
            new Stretch(Use.CHECK, outcome.getCheck(), outcome.getStartedAt(), outcome.getAt()));
      }
    }
    Optional<IncidentEvent> resolved = records.last(IncidentKind.RESOLVED);
    records
        .last(IncidentKind.PROVEN)
        .filter(proven -> resolved.isPresent())
        .ifPresent(
            proven ->
                busy.add(
                    new Stretch(
                        Use.OBSERVING,
                        "observers look at the new resource",
                        proven.getAt(),
                        resolved.get().getAt())));
    busy.sort(Comparator.comparing(Stretch::from));
    return withGaps(busy, opened.get().getAt());
  }

  private static List<Stretch> withGaps(List<Stretch> busy, Instant from) {
    List<Stretch> all = new ArrayList<>();
    Instant covered = from;
    String before = "the confirmation";
    for (Stretch stretch : busy) {
      if (stretch.from().isAfter(covered)) {
        all.add(
            new Stretch(
                Use.IDLE, "between " + before + " and " + stretch.what(), covered, stretch.from()));
      }
      all.add(stretch);
      if (stretch.to().isAfter(covered)) {
        covered = stretch.to();
        before = stretch.what();
      }
    }
    return all;
  }

  /** Time in which nothing ran. */
  public static Duration idle(List<Stretch> stretches) {
    return stretches.stream()
        .filter(stretch -> stretch.use() == Use.IDLE)
        .map(Stretch::time)
        .reduce(Duration.ZERO, Duration::plus);
  }
}
