package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reasons not to act, each with what lifts it (design, section 5). The first that objects wins. A
 * guard that throws blocks.
 */
final class Guards {

  /**
   * An objection.
   *
   * @param until when it lifts by itself, if it does
   */
  record Block(BlockedReason reason, String text, String lift, Optional<Instant> until) {}

  private static final List<Function<Round, Optional<Block>>> BEFORE_PLAN =
      List.of(
          Guards::observeOnly,
          Guards::held,
          Guards::maintenance,
          Guards::alertResolved,
          Guards::quorum,
          Guards::cooldown,
          Guards::repeatedFailure,
          Guards::restorePoint,
          Losses::beforePlan,
          FleetAdmission::admitted);

  private static final List<Function<Round, Optional<Block>>> WHILE_RECOVERING =
      List.of(
          Guards::held,
          Guards::killSwitch,
          Guards::sourceSound,
          Guards::alertResolved,
          FleetAdmission::admitted);

  /** Time for the observers to see what the executor has seen. */
  private static final Duration AGREEMENT = Duration.ofMinutes(2);

  /** A switch that was thrown is asked again after this, then after twice as long each time. */
  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  private static final Duration ASK_AGAIN_AT_MOST = Duration.ofMinutes(30);

  private Guards() {}

  /** What stands against planning now. */
  static Optional<Block> beforePlan(Round round) {
    return first(round, BEFORE_PLAN);
  }

  /** What stands against dispatching the next step of a plan that runs. */
  static Optional<Block> whileRecovering(Round round) {
    return first(round, WHILE_RECOVERING);
  }

  /** The first of them that objects; one that throws does. */
  static Optional<Block> first(Round round, List<Function<Round, Optional<Block>>> guards) {
    for (Function<Round, Optional<Block>> guard : guards) {
      try {
        Optional<Block> block = guard.apply(round);
        if (block.isPresent()) {
          return block;
        }
      } catch (RuntimeException e) {
        return Optional.of(
            new Block(
                BlockedReason.GUARD_FAILED,
                "A guard could not be evaluated: " + e,
                "Mend the cause, then `dr retry`.",
                Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Block> observeOnly(Round round) {
    return round.policy.mode() == Policy.Mode.OBSERVE
        ? block(BlockedReason.OBSERVE_ONLY, "The policy says observe.", "Set mode: act.", null)
        : Optional.empty();
  }

  private static Optional<Block> held(Round round) {
    return round.state.getHeld()
        ? block(
            BlockedReason.HELD,
            "Held by " + round.state.getHeldBy() + ": " + round.state.getHeldReason(),
            "`dr release` lifts it.",
            null)
        : Optional.empty();
  }

  /**
   * The executor found the source sound; nothing was changed, and it is over once it is seen up.
   */
  private static Optional<Block> sourceSound(Round round) {
    return round.incident().getSteps().stream()
        .filter(step -> step.getState() == StepPhase.FAILED && step.getError() != null)
        .filter(step -> step.getError().getCode() == FailureCode.SOURCE_SOUND)
        .findFirst()
        .flatMap(
            step ->
                block(
                    BlockedReason.SOURCE_SOUND,
                    "The executor found the source of "
                        + step.getComponent()
                        + " sound, while the observers do not say that it is up.",
                    "It ends when they do. If they go on to say that it is down, find out why they"
                        + " disagree.",
                    step.getEndedAt().plus(AGREEMENT)));
  }

  /** Only the workers can read the switch; the step that met it is tried again now and then. */
  private static Optional<Block> killSwitch(Round round) {
    return round.incident().getSteps().stream()
        .filter(step -> step.getState() == StepPhase.WAITING && step.getError() != null)
        .filter(step -> step.getError().getCode() == FailureCode.KILL_SWITCH)
        .filter(step -> round.now.isBefore(step.getEndedAt().plus(askAgain(step.getAttempt()))))
        .findFirst()
        .flatMap(
            step ->
                block(
                    BlockedReason.KILL_SWITCH,
                    step.getId() + " may change nothing: " + step.getError().getMessage(),
                    "The end of the kill switch lifts it; it is tried again by itself after "
                        + Wording.span(askAgain(step.getAttempt()))
                        + ".",
                    step.getEndedAt().plus(askAgain(step.getAttempt()))));
  }

  private static Duration askAgain(int attempt) {
    Duration pause = ASK_AGAIN.multipliedBy(1L << Math.min(Math.max(attempt - 1, 0), 10));
    return pause.compareTo(ASK_AGAIN_AT_MOST) < 0 ? pause : ASK_AGAIN_AT_MOST;
  }

  private static Optional<Block> maintenance(Round round) {
    return round.policy.guards().maintenance().stream()
        .filter(window -> !round.now.isBefore(window.from()) && round.now.isBefore(window.to()))
        .findFirst()
        .flatMap(
            window ->
                block(
                    BlockedReason.MAINTENANCE,
                    "Maintenance until " + window.to() + ": " + window.reason(),
                    "The end of the window lifts it.",
                    window.to()));
  }

  /** A RESOLVED alert never starts anything, and what it alone had started is not gone on with. */
  private static Optional<Block> alertResolved(Round round) {
    if (Steps.mayBeCutOver(round.incident())) {
      return Optional.empty();
    }
    return components(round)
        .map(component -> alertResolved(round, component))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Block> alertResolved(Round round, ComponentView component) {
    return component.getByAlert() && Alerts.trusted(round, component).isEmpty()
        ? block(
            BlockedReason.ALERT_RESOLVED,
            "The alert that alone said that %s is %s is resolved, or was not heard again for long, and no quorum of observers can say how it is."
                .formatted(component.getComponent(), component.getConfirmed()),
            "Observers that see it lift it or end it; so does the alert when it fires again. Look at"
                + " why the observers are blind.",
            null)
        : Optional.empty();
  }

  private static Optional<Block> quorum(Round round) {
    return targets(round).map(Guards::quorum).flatMap(Optional::stream).findFirst();
  }

  private static Optional<Block> quorum(ComponentView component) {
    return component.getQuorumLost() && !component.getByAlert()
        ? block(
            BlockedReason.NO_QUORUM,
            "Too few observers can be heard about " + component.getComponent() + ".",
            "A quorum of detectors that are heard again lifts it.",
            null)
        : Optional.empty();
  }

  private static Optional<Block> cooldown(Round round) {
    return targets(round).map(view -> cooldown(round, view)).flatMap(Optional::stream).findFirst();
  }

  private static Optional<Block> repeatedFailure(Round round) {
    return targets(round)
        .map(view -> repeatedFailure(round, view))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** What stands against one more store on a plan that runs already. */
  static Optional<Block> beforeJoining(Round round, ComponentView store) {
    return first(
        round,
        List.of(
            at -> alertResolved(at, store),
            at -> quorum(store),
            at -> cooldown(at, store),
            at -> repeatedFailure(at, store),
            at -> restorePoint(at, store)));
  }

  /** The same of a cluster, whose loss is judged by more than its own observers. */
  static Optional<Block> beforeClusterJoins(Round round, ComponentView cluster) {
    return cooldown(round, cluster).or(() -> repeatedFailure(round, cluster));
  }

  private static Optional<Block> cooldown(Round round, ComponentView component) {
    Duration cooldown = round.policy.guards().cooldown();
    if (round.incident().getOverrideGuards()
        || component.getRecoveredAt() == null
        || !round.now.isBefore(component.getRecoveredAt().plus(cooldown))) {
      return Optional.empty();
    }
    Instant until = component.getRecoveredAt().plus(cooldown);
    return block(
        BlockedReason.COOLDOWN,
        "%s was recovered at %s and has failed again within the cooldown of %s."
            .formatted(
                component.getComponent(), component.getRecoveredAt(), Wording.span(cooldown)),
        "Find out why it failed again. `dr retry` goes on now; else it goes on at " + until + ".",
        until);
  }

  private static Optional<Block> repeatedFailure(Round round, ComponentView component) {
    if (round.incident().getOverrideGuards()
        || component.getFailedRecoveries() < round.policy.guards().maxFailedRecoveries()) {
      return Optional.empty();
    }
    return block(
        BlockedReason.REPEATED_FAILURE,
        "The last %d recoveries of %s ended without a proof."
            .formatted(component.getFailedRecoveries(), component.getComponent()),
        "Look at them, then `dr retry`.",
        null);
  }

  private static Optional<Block> restorePoint(Round round) {
    return targets(round)
        .map(component -> restorePoint(round, component))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Block> restorePoint(Round round, ComponentView component) {
    boolean needed =
        Planner.procedures(round, component.getComponent()).stream()
            .allMatch(StoreKind::needsRestorePoint);
    return needed && Losses.newest(round, component.getComponent()).isEmpty()
        ? block(
            BlockedReason.NO_RESTORE_POINT,
            "No restore point of " + component.getComponent() + " is known.",
            "A restore point on recovery.backups lifts it (`dr backup postgresql`, or publish an"
                + " existing one).",
            null)
        : Optional.empty();
  }

  /** Whether the plan as it is now has an approval that has not run out. */
  static boolean approved(Round round) {
    IncidentView incident = round.incident();
    return !incident.getPlanHash().isEmpty()
        && incident.getPlanHash().equals(incident.getApprovedPlanHash())
        && incident.getApprovedUntil() != null
        && round.now.isBefore(incident.getApprovedUntil());
  }

  /**
   * Whether the policy itself approves of leaving a source that lives: of one that is damaged, and
   * whose damage is among the symptoms that are restored without a person.
   */
  static boolean lifeIsNoObstacle(Round round, ComponentView component) {
    Symptom symptom = component.getSymptom();
    return isDamage(symptom) && round.policy.symptoms().restore().contains(symptom.name());
  }

  /** The data itself is wrong, whether its server lives or not. */
  static boolean isDamage(Symptom symptom) {
    return symptom == Symptom.CORRUPT || symptom == Symptom.DATA_MISSING;
  }

  /** What is to be recovered; of what only stands beside it nothing is demanded. */
  static Stream<ComponentView> targets(Round round) {
    return Planner.targets(round).stream().map(round::component);
  }

  private static Stream<ComponentView> components(Round round) {
    return round.incident().getComponents().stream().map(round::component);
  }

  static Optional<Block> block(BlockedReason reason, String text, String lift, Instant until) {
    return Optional.of(new Block(reason, text, lift, Optional.ofNullable(until)));
  }
}
