package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What somebody wants to know who is woken: what broke, what runs now, when it is expected to end
 * and with what loss, and what is asked of a person.
 */
final class Situation {
  private Situation() {}

  /**
   * @param person what a person should do; empty when nothing is asked of anybody
   */
  static List<Fact> of(Round round, String person) {
    IncidentView incident = round.incident();
    if (incident == null) {
      return person.isEmpty() ? List.of() : List.of(new Fact("person", person));
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "broke",
            incident.getComponents().stream()
                .map(name -> broke(round, name))
                .collect(Collectors.joining("; "))));
    facts.add(new Fact("running", running(round)));
    expectedEnd(round).ifPresent(end -> facts.add(new Fact("expected-end", end)));
    incident.getComponents().stream()
        .filter(name -> !Landscape.isPublicHealth(round, name))
        .map(name -> Losses.expected(round, round.component(name)))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .ifPresent(loss -> facts.add(new Fact("expected-loss", Wording.span(loss))));
    if (!person.isEmpty()) {
      facts.add(new Fact("person", person));
    }
    return facts;
  }

  private static String broke(Round round, String name) {
    ComponentView component = round.component(name);
    if (!Opening.isBad(component)) {
      return name + " (" + component.getConfirmed() + " now)";
    }
    return "%s %s (%s) since %s"
        .formatted(name, component.getConfirmed(), component.getSymptom(), component.getBadSince());
  }

  private static String running(Round round) {
    IncidentView incident = round.incident();
    return switch (incident.getPhase()) {
      case TRIAGE ->
          "nothing yet; whether it heals by itself is waited for until "
              + incident.getConfirmedAt().plus(round.policy.detection().restoreAfter());
      case BLOCKED ->
          underWay(incident).orElse("nothing")
              + "; blocked: "
              + (incident.getBlockedReason() == BlockedReason.NONE
                  ? "see the text"
                  : incident.getBlockedReason());
      case RECOVERING ->
          underWay(incident)
              .or(
                  () ->
                      incident.getSteps().stream()
                          .filter(step -> step.getState() == StepPhase.WAITING)
                          .findFirst()
                          .map(StepView::getProcedure))
              .orElse("the end of the plan");
      case SETTLING -> "nothing; the new resource is watched";
      case ESCALATED -> underWay(incident).orElse("nothing") + "; it waits for a person";
      case RESOLVED, SELF_HEALED -> "nothing; it is over";
    };
  }

  private static Optional<String> underWay(IncidentView incident) {
    List<String> procedures =
        incident.getSteps().stream().filter(Steps::underWay).map(StepView::getProcedure).toList();
    return procedures.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", procedures));
  }

  private static Optional<String> expectedEnd(Round round) {
    IncidentView incident = round.incident();
    if (incident.getPlannedAt() == null) {
      return Optional.empty();
    }
    long seconds = Planner.expectedSeconds(round);
    return switch (incident.getPhase()) {
      case RECOVERING, SETTLING ->
          Optional.of(
              "%s (RTO until %s)"
                  .formatted(
                      incident.getPlannedAt().plus(Duration.ofSeconds(seconds)),
                      incident.getBadSince().plus(round.targets(incident.getSeverity()).rto())));
      default -> Optional.empty();
    };
  }
}
