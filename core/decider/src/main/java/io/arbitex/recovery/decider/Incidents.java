package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The life of an incident: which phase moves it on, and when time alone does. */
final class Incidents {
  private static final List<Function<Round, Optional<Guards.Block>>> BEFORE_CUTOVER =
      List.of(Losses::beforeCutover, Incidents::approvalNeeded);

  private Incidents() {}

  /** Moves the incident as far as it can go now. */
  static void advance(Round round) {
    boolean moved = true;
    // Each turn moves the incident or dispatches a step, and there are finitely many of both.
    while (moved && round.incident() != null) {
      moved = step(round);
    }
  }

  private static boolean step(Round round) {
    return switch (round.incident().getPhase()) {
      case TRIAGE -> Triage.triage(round);
      case BLOCKED -> Triage.blocked(round);
      case RECOVERING -> recovering(round);
      case SETTLING -> Settling.settling(round);
      case ESCALATED -> escalated(round);
      case RESOLVED, SELF_HEALED -> Endings.end(round);
    };
  }

  private static boolean recovering(Round round) {
    IncidentView incident = round.incident();
    if (mayHeal(round)) {
      return Endings.heal(
          round,
          "Everything is up again by itself; nothing was cut over, the databases made beside are not needed.");
    }
    if (incident.getSteps().stream().allMatch(step -> step.getState() == StepPhase.DONE)) {
      return prove(round);
    }
    if (round.mode() == Mode.DRY_RUN
        && incident.getSteps().stream().anyMatch(step -> step.getState() == StepPhase.DONE)) {
      return Endings.giveUp(
          round,
          "",
          "Dry run: every check of the restore has passed, nothing was changed.",
          "Set mode: act and `dr retry`, or recover by hand.");
    }
    Optional<Guards.Block> block = againstNextStep(round);
    if (block.isPresent()) {
      return Triage.block(round, block.get());
    }
    Optional<StepView> ready = Steps.ready(round);
    ready.ifPresent(step -> Steps.dispatch(round, step));
    return ready.isPresent();
  }

  /** What stands against the next step of a plan that runs. */
  static Optional<Guards.Block> againstNextStep(Round round) {
    return Guards.whileRecovering(round).or(() -> Guards.first(round, BEFORE_CUTOVER));
  }

  /** Everything is up, and surely nothing was cut over: what is up is what was there before. */
  static boolean mayHeal(Round round) {
    return allUp(round) && !Steps.mayBeCutOver(round.incident());
  }

  /** What its restore was begun for: damage, although the server is away by now. */
  private static Optional<String> restoredFor(IncidentView incident, String component) {
    return incident.getSteps().stream()
        .filter(step -> step.getPhase() == Phase.RESTORE && step.getComponent().equals(component))
        .findFirst()
        .flatMap(step -> Facts.find(step.getFacts(), Steps.SYMPTOM));
  }

  /**
   * The plan of some severities, and every cutover away from a living source, waits for a person.
   */
  private static Optional<Guards.Block> approvalNeeded(Round round) {
    IncidentView incident = round.incident();
    Optional<StepView> next = Steps.ready(round);
    if (next.isEmpty() || next.get().getPhase() != Phase.CUTOVER || Guards.approved(round)) {
      return Optional.empty();
    }
    ComponentView component = round.component(next.get().getComponent());
    boolean bySymptom =
        round.policy.symptoms().restoreByApproval().contains(component.getSymptom().name())
            || restoredFor(incident, component.getComponent())
                .filter(round.policy.symptoms().restoreByApproval()::contains)
                .isPresent();
    boolean bySeverity =
        round.policy.guards().approvalFor().contains(incident.getSeverity().name());
    if (!bySymptom && !bySeverity) {
      return Optional.empty();
    }
    return Optional.of(
        new Guards.Block(
            BlockedReason.APPROVAL_NEEDED,
            "The cutover of %s waits for an approval of plan %s."
                .formatted(component.getComponent(), incident.getPlanHash()),
            "`dr approve " + incident.getId() + " --plan " + incident.getPlanHash() + "`",
            Optional.empty()));
  }

  private static boolean prove(Round round) {
    round.move(IncidentTable.Trigger.PROVE);
    round.event(IncidentKind.PROVEN, "", "The whole suite has passed.", "");
    return true;
  }

  private static boolean escalated(Round round) {
    IncidentView incident = round.incident();
    if (mayHeal(round)) {
      return Endings.heal(round, "Everything is up again, with no cutover of the pipeline.");
    }
    boolean nothingTried = incident.getSteps().isEmpty();
    if (nothingTried
        && incident.getBlockedReason() == BlockedReason.NOT_A_DISASTER
        && components(round).anyMatch(Opening::isBad)
        && Triage.beyondRestore(round).isEmpty()) {
      incident.setBlockedReason(BlockedReason.NONE);
      incident.setConfirmedAt(round.now);
      round.event(
          IncidentKind.NOTE, "", "The symptom has changed to one that a restore can help.", "");
      round.move(IncidentTable.Trigger.RETRY);
      return true;
    }
    return false;
  }

  static boolean allUp(Round round) {
    return components(round).allMatch(view -> view.getConfirmed() == HealthStatus.UP);
  }

  static Stream<ComponentView> components(Round round) {
    return round.incident().getComponents().stream().map(round::component);
  }

  /** The next moment at which time alone moves the incident. */
  static Optional<Instant> nextDue(IncidentView incident, Policy policy) {
    return switch (incident.getPhase()) {
      case TRIAGE -> Optional.of(incident.getConfirmedAt().plus(policy.detection().restoreAfter()));
      case BLOCKED ->
          Stream.of(Optional.ofNullable(incident.getBlockedUntil()), Steps.nextDue(incident))
              .flatMap(Optional::stream)
              .min(Instant::compareTo);
      case RECOVERING -> Steps.nextDue(incident);
      case SETTLING -> Optional.of(incident.getPhaseSince().plus(Settling.SETTLE_TIMEOUT));
      default -> Optional.empty();
    };
  }
}
