package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a cluster means for the steps of a plan: what goes with it, what waits for it, what was done
 * for nothing when it is lost, and what is not needed when it comes back.
 */
final class ClusterSteps {
  /** What a worker says that finds the lost alive. */
  private static final Set<FailureCode> ALIVE =
      Set.of(FailureCode.SOURCE_SOUND, FailureCode.NOT_CONFIRMED);

  private ClusterSteps() {}

  /** The step that puts another cluster in the place of the lost one, where that is planned. */
  private static Optional<StepView> cutover(Round round, List<StepView> steps) {
    return steps.stream()
        .filter(step -> Landscape.isCluster(round, step.getComponent()))
        .filter(step -> step.getPhase() == Phase.CUTOVER)
        .filter(step -> step.getState() != StepPhase.ABANDONED)
        .findFirst();
  }

  /** Whether a component lives in a cluster that is restored, and so is restored with it. */
  static boolean takesAlong(Round round, String component) {
    return Landscape.isInCluster(round, component)
        && (cutover(round, round.incident().getSteps()).isPresent()
            || Landscape.clusterName(round)
                .filter(name -> Planner.isOpen(round, name))
                .isPresent());
  }

  /** Whether a step was carried out in a cluster that is to be replaced, and was not yet. */
  static boolean wasBeforeItsCluster(Round round, StepView step) {
    return takesAlong(round, step.getComponent()) && !isGone(round, step.getComponent());
  }

  /** Whether what was there of a component went with a cluster that has a successor by now. */
  static boolean isGone(Round round, String component) {
    return Landscape.isInCluster(round, component)
        && cutover(round, round.incident().getSteps())
            .filter(step -> step.getState() == StepPhase.DONE)
            .isPresent();
  }

  /**
   * Lets all that lives in a cluster that is to be planned join the incident, whatever was said of
   * it last: the backup of a cluster leaves out what a procedure of its own brings back.
   *
   * @return what has joined and can be planned
   */
  static List<String> takeAlong(Round round, List<String> open) {
    List<String> joined = new ArrayList<>();
    if (open.stream().noneMatch(name -> Landscape.isCluster(round, name))) {
      return joined;
    }
    for (String name : Landscape.inCluster(round)) {
      if (round.incident().getComponents().contains(name)) {
        continue;
      }
      round.incident().getComponents().add(name);
      boolean planned = !Planner.procedures(round, name).isEmpty();
      round.event(
          IncidentKind.COMPONENT_JOINED,
          name,
          name + " lives in the cluster and goes with it.",
          planned ? "" : "No procedure is configured for it: recover it by hand.");
      if (planned) {
        joined.add(name);
      }
    }
    return joined;
  }

  /**
   * A restore beside the cluster runs at once; whatever is put into the cluster, or makes what runs
   * there use something else, comes after the cluster is there.
   */
  static void require(Round round, List<StepView> steps) {
    Optional<StepView> cutover = cutover(round, steps);
    if (cutover.isEmpty()) {
      return;
    }
    String id = cutover.get().getId();
    for (StepView step : steps) {
      boolean inside = Landscape.isInCluster(round, step.getComponent());
      boolean switches =
          step.getPhase() == Phase.CUTOVER
              && step.getState() != StepPhase.DONE
              && !Landscape.isCluster(round, step.getComponent());
      if ((inside || switches) && !step.getRequires().contains(id)) {
        List<String> requires = new ArrayList<>(step.getRequires());
        requires.add(id);
        step.setRequires(requires);
      }
    }
  }

  /** Whether a step goes through a cluster that does not answer and has no successor yet. */
  static boolean isHeldBack(Round round, StepView step) {
    if (!ClusterLoss.isDown(round) || Landscape.isCluster(round, step.getComponent())) {
      return false;
    }
    boolean through =
        step.getPhase() != Phase.RESTORE || Landscape.isInCluster(round, step.getComponent());
    // The binding of the new one may be read later than the end of the step.
    boolean replaced =
        cutover(round, round.incident().getSteps())
            .filter(done -> done.getState() == StepPhase.DONE)
            .filter(
                done ->
                    Landscape.cluster(round)
                        .filter(view -> !view.getSince().isAfter(done.getEndedAt()))
                        .isPresent())
            .isPresent();
    return through && !replaced;
  }

  /** What is said when nothing is left to do but what goes through the cluster. */
  static Optional<Guards.Block> heldBack(Round round, StepView step) {
    return Guards.block(
        BlockedReason.PREFLIGHT_FAILED,
        "%s goes through the cluster, whose API does not answer.".formatted(step.getId()),
        "The cluster lifts it when it answers; it is restored itself when the public health is down"
            + " as well.",
        null);
  }

  /** The guard before each step of a cluster's recovery: it must be lost still. */
  static Optional<Guards.Block> stillLost(Round round, StepView step) {
    boolean goesOn = step.getPhase() == Phase.CUTOVER && mayHaveBegun(round, step);
    return Landscape.isCluster(round, step.getComponent()) && !goesOn
        ? ClusterLoss.notLost(round)
        : Optional.empty();
  }

  /** A cutover that failed before its point of no return has given all back, or says what not. */
  private static boolean mayHaveBegun(Round round, StepView cutover) {
    return Steps.mayBeCutOver(cutover) || round.incident().getPointOfNoReturn();
  }

  /**
   * Whether a person has approved the plan after a worker found the cluster alive, or its customers
   * served.
   */
  static boolean isInsistedOn(Round round, StepView step) {
    IncidentView incident = round.incident();
    return step.getError() != null
        && ALIVE.contains(step.getError().getCode())
        && Guards.approved(round)
        && incident
            .getApprovedUntil()
            .minus(round.policy.guards().approvalValidFor())
            .isAfter(step.getEndedAt());
  }

  /** Gives up the recovery of a cluster that answers again, as long as nothing was cut over. */
  static void standDown(Round round) {
    IncidentView incident = round.incident();
    Optional<StepView> cutover = cutover(round, incident.getSteps());
    boolean isBack =
        Landscape.cluster(round).filter(view -> view.getConfirmed() == HealthStatus.UP).isPresent();
    if (cutover.isEmpty() || !isBack || mayHaveBegun(round, cutover.get())) {
      return;
    }
    for (StepView step : incident.getSteps()) {
      String name = step.getComponent();
      if (Landscape.isCluster(round, name)
          || (Landscape.isInCluster(round, name) && !Opening.isBad(round.component(name)))) {
        Steps.abandon(round, step);
      }
    }
    round.event(
        IncidentKind.NOTE,
        cutover.get().getComponent(),
        "The cluster answers again, so it is not restored, and neither is what would have gone with"
            + " it."
            + restored(incident)
                .map(
                    name ->
                        " What was restored into " + name + " is held there and kept for a person.")
                .orElse(""),
        restored(incident)
            .map(
                name ->
                    "Delete "
                        + name
                        + "; a standby: delete the platform's namespace in it and take its tags"
                        + " recovery-command and recovery-incident off, or the next loss finds it"
                        + " taken.")
            .orElse(""));
  }

  /** The cluster that a backup was restored into. */
  private static Optional<String> restored(IncidentView incident) {
    return incident.getSteps().stream()
        .filter(step -> step.getPhase() == Phase.RESTORE)
        .flatMap(step -> Facts.find(step.getFacts(), "cluster").stream())
        .findFirst();
  }

  /**
   * Takes back what was done for nothing: what was done in a cluster before another one took its
   * place, and a suite that ran before the last store was recovered.
   */
  static void renew(Round round) {
    List<StepView> steps = round.incident().getSteps();
    Optional<StepView> cutover =
        cutover(round, steps).filter(step -> step.getState() == StepPhase.DONE);
    for (StepView step : steps) {
      boolean inTheOld =
          cutover.isPresent()
              && Landscape.isInCluster(round, step.getComponent())
              && step.getState() == StepPhase.DONE
              && step.getDispatchedAt().isBefore(cutover.get().getEndedAt());
      boolean tooEarly =
          step.getPhase() == Phase.VERIFY
              && step.getState() == StepPhase.DONE
              && steps.stream().anyMatch(other -> isLaterThan(other, step));
      if (inTheOld || tooEarly) {
        round.move(step, StepTable.Trigger.REDO);
      }
    }
  }

  private static boolean isLaterThan(StepView other, StepView suite) {
    return other.getPhase() != Phase.VERIFY
        && other.getState() != StepPhase.ABANDONED
        && (other.getState() != StepPhase.DONE
            || other.getEndedAt().isAfter(suite.getDispatchedAt()));
  }
}
