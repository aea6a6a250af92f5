package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.StepPhase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The life of an incident: which phase moves it on, and when time alone does. */
final class Incidents {
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
    if (adapt(round)) {
      return true;
    }
    if (incident.getSteps().stream().allMatch(Steps::isOver) && !Joining.isAwaited(round)) {
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
    Dispatching.Turn turn = Dispatching.turn(round);
    if (turn.next().isPresent()) {
      Steps.dispatch(round, turn.next().get());
      return true;
    }
    return turn.block().isPresent() && Triage.block(round, turn.block().get());
  }

  /** Fits a plan that runs to what has changed around it; true when steps were added. */
  static boolean adapt(Round round) {
    ClusterSteps.standDown(round);
    ClusterSteps.renew(round);
    boolean grows = !Planner.open(round).isEmpty();
    if (grows) {
      Planner.plan(round);
    }
    return grows;
  }

  /** Everything is up, and surely nothing was cut over: what is up is what was there before. */
  static boolean mayHeal(Round round) {
    return allUp(round) && !Steps.mayBeCutOver(round.incident());
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
    boolean nothingTried =
        incident.getSteps().isEmpty()
            && incident.getBlockedReason() == BlockedReason.NOT_A_DISASTER;
    boolean lost = Triage.isClusterAwaited(round);
    List<String> open = Planner.open(round);
    if (!nothingTried || (open.isEmpty() && !lost)) {
      return false;
    }
    incident.setBlockedReason(BlockedReason.NONE);
    incident.setConfirmedAt(round.now);
    // What was only told of until now was no outage; that begins with what can be helped.
    Stream.concat(
            open.stream().map(name -> Losses.badSince(round, name)),
            lost ? ClusterLoss.badSince(round).stream() : Stream.empty())
        .min(Instant::compareTo)
        .filter(since -> since.isAfter(incident.getBadSince()))
        .ifPresent(incident::setBadSince);
    round.event(
        IncidentKind.NOTE,
        "",
        lost
            ? "The public health is down as well as the cluster: a restore can help."
            : "The symptom has changed to one that a restore can help.",
        "");
    round.move(IncidentTable.Trigger.RETRY);
    return true;
  }

  static boolean allUp(Round round) {
    return components(round).allMatch(view -> view.getConfirmed() == HealthStatus.UP);
  }

  static Stream<ComponentView> components(Round round) {
    return round.incident().getComponents().stream().map(round::component);
  }

  /** The next moment after {@code now} at which time alone moves the incident. */
  static Optional<Instant> nextDue(IncidentView incident, Policy policy, Instant now) {
    Optional<Instant> ofPhase =
        switch (incident.getPhase()) {
          case TRIAGE ->
              Optional.of(incident.getConfirmedAt().plus(policy.detection().restoreAfter()));
          case BLOCKED -> Optional.ofNullable(incident.getBlockedUntil());
          case SETTLING -> Optional.of(incident.getPhaseSince().plus(Settling.SETTLE_TIMEOUT));
          default -> Optional.empty();
        };
    Optional<Instant> steps =
        switch (incident.getPhase()) {
          case BLOCKED, RECOVERING, ESCALATED -> Steps.nextDue(incident);
          default -> Optional.empty();
        };
    return Stream.concat(
            Stream.of(ofPhase, steps).flatMap(Optional::stream),
            FleetAdmission.due(incident, policy))
        .filter(due -> due.isAfter(now))
        .min(Instant::compareTo);
  }
}
