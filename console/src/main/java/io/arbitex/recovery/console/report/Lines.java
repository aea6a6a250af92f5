package io.arbitex.recovery.console.report;

import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.ValidationOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;

/** One line a record, for the live view: when, who speaks, what. */
public final class Lines {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private final Map<String, String> lastSeen = new HashMap<>();

  /** The line of a record; empty for what would only repeat. */
  public Optional<String> of(SpecificRecordBase value) {
    if (value instanceof HealthEvent event) {
      return seen(event);
    }
    if (value instanceof IncidentEvent event) {
      String next = event.getNext().isEmpty() ? "" : "  → " + event.getNext();
      return line(event.getAt(), "DECIDED", event.getKind() + "  " + event.getText() + next);
    }
    if (value instanceof StepEvent event) {
      return done(event);
    }
    if (value instanceof ValidationOutcome outcome) {
      return proven(outcome);
    }
    if (value instanceof PhaseMetric metric) {
      return line(
          metric.getEndedAt(),
          "MEASURED",
          "%-17s %8.1f s  target %6.0f s  %s"
              .formatted(
                  metric.getPhase(),
                  metric.getSeconds(),
                  metric.getTargetSeconds(),
                  metric.getMet() ? "met" : "MISSED"));
    }
    if (value instanceof LossMetric metric) {
      return line(
          metric.getAt(),
          "MEASURED",
          "loss of %s: %.1f to %.1f s, %d to %d events (RPO %.0f s, %s)"
              .formatted(
                  metric.getComponent(),
                  metric.getLostSecondsMin(),
                  metric.getLostSecondsMax(),
                  metric.getLostEventsMin(),
                  metric.getLostEventsMax(),
                  metric.getTargetSeconds(),
                  metric.getMet() ? "met" : "MISSED"));
    }
    if (value instanceof Binding binding) {
      return line(
          binding.getAt(),
          "BOUND",
          "%s is %s now (epoch %d)"
              .formatted(binding.getComponent(), binding.getResource(), binding.getEpoch()));
    }
    if (value instanceof Approval approval) {
      return line(
          approval.getAt(),
          "SAID",
          approval.getKind() + " by " + approval.getPerson() + ": " + approval.getReason());
    }
    if (value instanceof RestorePoint point) {
      return line(
          point.getFinishedAt(), "BACKUP", point.getId() + ", " + point.getSizeBytes() + " bytes");
    }
    return Optional.empty();
  }

  private Optional<String> seen(HealthEvent event) {
    String now = event.getStatus() + "/" + event.getSymptom();
    String before = lastSeen.put(event.getObserver() + "/" + event.getComponent(), now);
    if (now.equals(before)) {
      return Optional.empty();
    }
    return line(
        event.getObservedAt(),
        "SEEN",
        "%s: %s is %s%s %s"
            .formatted(
                event.getObserver(),
                event.getComponent(),
                event.getStatus(),
                event.getDetail().isEmpty() ? "" : " (" + event.getSymptom() + ")",
                event.getDetail()));
  }

  private static Optional<String> done(StepEvent event) {
    if (event.getWorker().equals("notify")) {
      boolean told =
          event.getTransition() == StepTransition.DONE
              || event.getTransition() == StepTransition.FAILED;
      return told
          ? line(
              event.getAt(),
              "TOLD",
              event.getStepId() + " " + event.getTransition() + " " + event.getText())
          : Optional.empty();
    }
    String what = event.getStepId() + (event.getAction().isEmpty() ? "" : "/" + event.getAction());
    String took =
        event.getTransition() == StepTransition.ACTION_DONE
                || event.getTransition() == StepTransition.DONE
            ? "  (%.2f s)"
                .formatted(Duration.between(event.getStartedAt(), event.getAt()).toMillis() / 1e3)
            : "";
    String error =
        event.getError() == null
            ? ""
            : "  "
                + event.getError().getCode()
                + ": "
                + event.getError().getMessage()
                + (event.getError().getLeftBehind().isBlank()
                    ? ""
                    : "; left behind: " + event.getError().getLeftBehind());
    return line(
        event.getAt(),
        "DOING",
        "%-14s %s  %s%s%s".formatted(event.getTransition(), what, event.getText(), took, error));
  }

  private static Optional<String> proven(ValidationOutcome outcome) {
    String mark = outcome.getStatus() == CheckStatus.PASS ? "✓" : "✗";
    String text =
        outcome.getKind() == OutcomeKind.VERDICT
            ? "VERDICT " + outcome.getStatus() + ": " + outcome.getMeasured()
            : "%s %s: %s%s"
                .formatted(
                    mark,
                    outcome.getCheck(),
                    outcome.getMeasured(),
                    outcome.getStatus() == CheckStatus.PASS
                        ? ""
                        : " (expected " + outcome.getExpected() + ")");
    return line(outcome.getAt(), "PROVEN", text);
  }

  private static Optional<String> line(Instant at, String who, String what) {
    return Optional.of("%s  %-8s  %s".formatted(CLOCK.format(at), who, what.stripTrailing()));
  }
}
