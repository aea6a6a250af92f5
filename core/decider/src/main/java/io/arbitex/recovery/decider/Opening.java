package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Severity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Opens incidents, and lets what fails later join the open one. */
final class Opening {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

  private Opening() {}

  /** Opens an incident, or lets newly failed components join the open one. */
  static void openOrJoin(Round round) {
    for (ComponentView component : List.copyOf(round.state.getComponents())) {
      if (!isBad(component) || !says(round, component)) {
        continue;
      }
      if (round.incident() == null) {
        open(round, component);
      } else if (!round.incident().getComponents().contains(component.getComponent())) {
        join(round, component);
      }
    }
    if (round.incident() != null) {
      reconsider(round, "");
    }
  }

  /** Whether it says something that is not explained by what else has failed. */
  private static boolean says(Round round, ComponentView component) {
    return Landscape.isPublicHealth(round, component.getComponent())
        ? PublicHealth.isUnexplained(round)
        : !ClusterLoss.hides(round, component.getComponent());
  }

  static boolean isBad(ComponentView component) {
    return component.getConfirmed() == HealthStatus.DOWN
        || component.getConfirmed() == HealthStatus.DEGRADED;
  }

  private static void open(Round round, ComponentView component) {
    long number = round.state.getIncidents() + 1;
    round.state.setIncidents(number);
    Instant badSince = component.getBadSince() == null ? round.now : component.getBadSince();
    IncidentView incident =
        IncidentView.newBuilder()
            .setId(
                "inc-" + round.state.getPlatform() + "-" + number + "-" + STAMP.format(round.now))
            .setPhase(IncidentTable.TABLE.transitions().get(0).from())
            .setSeverity(Severities.rate(round, List.of(component.getComponent())))
            .setComponents(new ArrayList<>(List.of(component.getComponent())))
            .setOpenedAt(round.now)
            .setBadSince(badSince)
            .setConfirmedAt(round.now)
            .setBlockedReason(BlockedReason.NONE)
            .setPlanHash("")
            .setApprovedPlanHash("")
            .setPointOfNoReturn(false)
            .setOverrideGuards(false)
            .setNotifications(0)
            .setRevision(0)
            .setSteps(new ArrayList<>())
            .setIntervals(new ArrayList<>())
            .setHistory(new ArrayList<>(List.of(IncidentPhase.TRIAGE.name())))
            .build();
    round.state.setIncident(incident);
    String text =
        "%s of %s is %s since %s (%s), confirmed by %s. %s"
            .formatted(
                component.getComponent(),
                round.state.getPlatform(),
                component.getConfirmed(),
                badSince,
                component.getSymptom(),
                Observations.witnesses(round, component),
                Observations.detail(round, component))
            .strip();
    text = (text + " " + beside(round, component.getComponent())).strip();
    round.event(IncidentKind.OPENED, component.getComponent(), text, "");
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        "%s: %s is %s"
            .formatted(incident.getSeverity(), component.getComponent(), component.getConfirmed()),
        text,
        "");
  }

  private static void join(Round round, ComponentView component) {
    IncidentView incident = round.incident();
    incident.getComponents().add(component.getComponent());
    round.event(
        IncidentKind.COMPONENT_JOINED,
        component.getComponent(),
        component.getComponent() + " is " + component.getConfirmed() + " too.",
        "");
    reconsider(round, component.getComponent());
    boolean runs =
        !incident.getSteps().isEmpty() && incident.getPhase() == IncidentPhase.RECOVERING;
    if (runs
        && !Landscape.isPublicHealth(round, component.getComponent())
        && Planner.procedures(round, component.getComponent()).isEmpty()) {
      round.event(
          IncidentKind.NOTE,
          component.getComponent(),
          "No procedure is configured for " + component.getComponent() + ".",
          "Recover it by hand.");
    }
  }

  /** Rates the incident anew. What has failed may have become worse; people never hear of less. */
  private static void reconsider(Round round, String component) {
    IncidentView incident = round.incident();
    Severity now = Severities.rate(round, incident.getComponents());
    if (now.compareTo(incident.getSeverity()) >= 0) {
      return;
    }
    incident.setSeverity(now);
    String why = why(round);
    round.event(IncidentKind.SEVERITY_RAISED, component, "Now " + now + ". " + why, "");
    round.tell(
        now,
        Escalation.Action.TRIGGER,
        now + ": " + String.join(", ", incident.getComponents()),
        why,
        "");
  }

  private static String why(Round round) {
    if (ClusterLoss.isLost(round)) {
      return "The cluster does not answer, and the public health is down too.";
    }
    return round.incident().getComponents().stream()
        .map(name -> beside(round, name))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse(
            round.incident().getComponents().size() > 1
                ? "Several components have failed."
                : "It has become worse.");
  }

  /** What a person must know of a cluster or a public health that is bad. */
  private static String beside(Round round, String component) {
    if (Landscape.isCluster(round, component) && ClusterLoss.isDown(round)) {
      return ClusterLoss.notLost(round)
          .map(Guards.Block::text)
          .orElse("The public health is down too.");
    }
    if (Landscape.isPublicHealth(round, component) && !PublicHealth.isExplained(round)) {
      return "No failed store or cluster explains it. " + PublicHealth.ADVICE;
    }
    return "";
  }
}
