package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import java.time.Instant;

/** What people say: approve, reject, hold, release, acknowledge, retry. */
final class Decrees {
  private Decrees() {}

  static void take(Round round, Approval approval) {
    switch (approval.getKind()) {
      case HOLD -> {
        round.state.setHeld(true);
        round.state.setHeldBy(approval.getPerson());
        round.state.setHeldReason(approval.getReason());
      }
      case RELEASE -> {
        round.state.setHeld(false);
        round.state.setHeldBy("");
        round.state.setHeldReason("");
      }
      case APPROVE, REJECT, ACKNOWLEDGE, RETRY -> takeForIncident(round, approval);
      case UNSPECIFIED -> {
        // A kind that this build does not know; what a newer console meant is not guessed.
      }
    }
  }

  private static void takeForIncident(Round round, Approval approval) {
    IncidentView incident = round.incident();
    if (incident == null || !incident.getId().equals(approval.getIncidentId())) {
      return;
    }
    switch (approval.getKind()) {
      case APPROVE -> approve(round, incident, approval);
      case REJECT -> reject(round, approval);
      case RETRY -> retry(round, incident, approval);
      default -> acknowledge(round, incident, approval);
    }
  }

  /** Whoever else is paged sees that somebody looks. */
  private static void acknowledge(Round round, IncidentView incident, Approval approval) {
    String text = "Acknowledged by " + approval.getPerson() + ": " + approval.getReason();
    round.event(IncidentKind.ACKNOWLEDGED, "", text, "");
    round.tell(
        incident.getSeverity(),
        Escalation.Action.ACKNOWLEDGE,
        "%s is looked at by %s".formatted(round.state.getPlatform(), approval.getPerson()),
        text,
        "");
  }

  private static void approve(Round round, IncidentView incident, Approval approval) {
    if (!approval.getPlanHash().equals(incident.getPlanHash())) {
      round.event(
          IncidentKind.NOTE,
          "",
          "The approval by %s names plan %s, but the plan is %s now."
              .formatted(approval.getPerson(), approval.getPlanHash(), incident.getPlanHash()),
          "Look at the plan and approve it again.");
      return;
    }
    Instant until =
        approval.getExpiresAt() == null
            ? approval.getAt().plus(round.policy.guards().approvalValidFor())
            : approval.getExpiresAt();
    incident.setApprovedPlanHash(approval.getPlanHash());
    incident.setApprovedUntil(until);
    Losses.accept(round, approval.getPerson(), approval.getAt());
    round.event(
        IncidentKind.APPROVED,
        "",
        "Plan %s approved by %s until %s: %s"
            .formatted(approval.getPlanHash(), approval.getPerson(), until, approval.getReason()),
        "");
  }

  private static void reject(Round round, Approval approval) {
    round.event(
        IncidentKind.REJECTED,
        "",
        "Rejected by " + approval.getPerson() + ": " + approval.getReason(),
        "");
    if (Steps.mayBeCutOver(round.incident())) {
      round.event(
          IncidentKind.NOTE,
          "",
          "The cutover has begun, so the plan cannot be rejected any more.",
          "`dr hold` keeps the pipeline from anything that follows.");
      return;
    }
    IncidentPhase phase = round.incident().getPhase();
    if (phase == IncidentPhase.ESCALATED) {
      Steps.cancelUnderWay(round);
    } else if (IncidentTable.TABLE.find(phase, IncidentTable.Trigger.GIVE_UP).isPresent()) {
      Steps.cancelUnderWay(round);
      Endings.giveUp(
          round,
          "",
          "A person rejected the plan.",
          "Recover by hand, or `dr retry`.",
          BlockedReason.NONE);
    }
  }

  /** The person has looked: what failed is tried again, cooldown and loss are accepted. */
  private static void retry(Round round, IncidentView incident, Approval approval) {
    incident.setOverrideGuards(true);
    Losses.accept(round, approval.getPerson(), approval.getAt());
    round.event(
        IncidentKind.APPROVED,
        "",
        "Retry ordered by " + approval.getPerson() + ": " + approval.getReason(),
        "");
    if (incident.getPhase() == IncidentPhase.ESCALATED) {
      Steps.redo(round);
      round.move(IncidentTable.Trigger.RETRY);
    }
  }
}
