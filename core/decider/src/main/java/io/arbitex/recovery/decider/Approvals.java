package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.util.List;
import java.util.Optional;

/**
 * Which cutovers wait for a person, and what the person has agreed to then. Who approves since the
 * severity asks for it agrees to the plan, not to leave a source that turns out to live.
 */
final class Approvals {
  private Approvals() {}

  /** The guard before each cutover. */
  static Optional<Guards.Block> needed(Round round, StepView step) {
    if (step.getPhase() != Phase.CUTOVER || Guards.approved(round)) {
      return Optional.empty();
    }
    boolean bySymptom = bySymptom(round, step);
    boolean bySeverity = bySeverity(round) && !goesOn(round);
    if (!bySymptom && !bySeverity) {
      return Optional.empty();
    }
    IncidentView incident = round.incident();
    return Guards.block(
        BlockedReason.APPROVAL_NEEDED,
        "The cutover of %s waits for an approval of plan %s."
            .formatted(step.getComponent(), incident.getPlanHash()),
        "`dr approve " + incident.getId() + " --plan " + incident.getPlanHash() + "`",
        null);
  }

  /** Whether the plan was approved, and that counts for a source of this step that lives, too. */
  static boolean leaveLivingSource(Round round, StepView step) {
    return Guards.approved(round)
        && (bySymptom(round, step)
            || !isAskedFor(round, round.incident().getSeverity())
            || ClusterSteps.isInsistedOn(round, step));
  }

  private static boolean isAskedFor(Round round, Severity severity) {
    return round.policy.guards().approvalFor().contains(severity.name());
  }

  /**
   * Whether the platform was being moved by an approval that was valid then: the clock does not
   * stop it half-way.
   */
  private static boolean goesOn(Round round) {
    IncidentView incident = round.incident();
    return incident.getPointOfNoReturn()
        && !incident.getPlanHash().isEmpty()
        && incident.getPlanHash().equals(incident.getApprovedPlanHash());
  }

  /**
   * At the point of no return: an approval that had run out by then counts for nothing after it.
   */
  static void forgetIfOver(Round round) {
    if (!Guards.approved(round)) {
      round.incident().setApprovedPlanHash("");
    }
  }

  /** Every cutover away from a source that lives is a person's. */
  private static boolean bySymptom(Round round, StepView step) {
    List<String> byApproval = round.policy.symptoms().restoreByApproval();
    return byApproval.contains(round.component(step.getComponent()).getSymptom().name())
        || restoredFor(round.incident(), step.getComponent())
            .filter(byApproval::contains)
            .isPresent();
  }

  /** What its restore was begun for: damage, although the server is away by now. */
  private static Optional<String> restoredFor(IncidentView incident, String component) {
    return incident.getSteps().stream()
        .filter(step -> step.getPhase() == Phase.RESTORE && step.getComponent().equals(component))
        .findFirst()
        .flatMap(step -> Facts.find(step.getFacts(), Steps.SYMPTOM));
  }

  /**
   * A severity is never lowered. Where one store is all that has to be cut over to, and nothing
   * else is bad any more but the public health, which it explains, it is asked for as for a P1.
   */
  private static boolean bySeverity(Round round) {
    IncidentView incident = round.incident();
    List<String> stores =
        incident.getSteps().stream()
            .filter(step -> step.getPhase() == Phase.CUTOVER)
            .filter(step -> step.getState() != StepPhase.ABANDONED)
            .map(StepView::getComponent)
            .distinct()
            .toList();
    boolean alone =
        stores.size() == 1
            && !Landscape.isCluster(round, stores.get(0))
            && incident.getComponents().stream()
                .filter(name -> !name.equals(stores.get(0)))
                .filter(name -> !Landscape.isPublicHealth(round, name))
                .noneMatch(name -> Opening.isBad(round.component(name)));
    return isAskedFor(
        round,
        alone && incident.getSeverity() == Severity.P0 ? Severity.P1 : incident.getSeverity());
  }
}
