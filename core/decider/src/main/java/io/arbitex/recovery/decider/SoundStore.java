package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A store whose worker has found it sound, one among several: its own steps are not needed, and the
 * others do not wait for the observers to see it too. The suite asks the platform, which uses it,
 * and nothing of it alone, since nothing of it was restored; the incident ends only when it is seen
 * up. Alone in a plan it is the guard's of that name.
 */
final class SoundStore {
  private SoundStore() {}

  /** Whether a step ended with a source that is sound, and left nothing behind. */
  static boolean isFoundBy(StepView step) {
    return step.getError() != null
        && step.getError().getCode() == FailureCode.SOURCE_SOUND
        && LeftBehind.of(step).isEmpty();
  }

  /**
   * Leaves the store out, if there is anything else to be recovered.
   *
   * @return whether it was left out
   */
  static boolean setAside(Round round, StepView step) {
    IncidentView incident = round.incident();
    String component = step.getComponent();
    // Whose point of no return it was is not known.
    boolean certain = step.getPhase() == Phase.RESTORE || !incident.getPointOfNoReturn();
    boolean among =
        incident.getSteps().stream()
                .filter(other -> other.getState() != StepPhase.ABANDONED)
                .map(StepView::getComponent)
                .filter(other -> !other.isEmpty() && !other.equals(component))
                .anyMatch(other -> !isSetAside(incident, other))
            || !Planner.open(round).isEmpty();
    // With a cluster that lives, what lives in it would be restored for nothing: the whole waits.
    boolean cluster =
        Landscape.isCluster(round, component) || ClusterSteps.takesAlong(round, component);
    if (!certain || !among || cluster) {
      return false;
    }
    incident.getSteps().stream()
        .filter(other -> other.getComponent().equals(component))
        .forEach(other -> Steps.abandon(round, other));
    String text =
        "The executor found the source of "
            + component
            + " sound: its steps are not needed, the rest of the plan goes on.";
    String next =
        "The incident ends when it is seen up. If the observers go on to say that it is down, find"
            + " out why they disagree.";
    round.event(IncidentKind.NOTE, component, text, next);
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        component + " is sound, beside the recovery",
        text + " " + next,
        "");
    return true;
  }

  /** One that was alone until now holds nothing up when another store joins. */
  static void giveWay(Round round) {
    for (StepView step : List.copyOf(round.incident().getSteps())) {
      if (step.getState() == StepPhase.FAILED && isFoundBy(step)) {
        setAside(round, step);
      }
    }
  }

  private static boolean isSetAside(StepView step) {
    return step.getState() == StepPhase.ABANDONED && isFoundBy(step);
  }

  static boolean isSetAside(IncidentView incident, String component) {
    return incident.getSteps().stream()
        .anyMatch(step -> step.getComponent().equals(component) && isSetAside(step));
  }

  /** Its steps are needed after all: a person says so, or it goes with its cluster. */
  static void needAgain(Round round, Predicate<String> which) {
    List<StepView> steps = round.incident().getSteps();
    Set<String> again =
        steps.stream()
            .filter(SoundStore::isSetAside)
            .map(StepView::getComponent)
            .filter(which)
            .collect(Collectors.toSet());
    for (StepView step : steps) {
      // What was restored beside it does not have what it took since.
      boolean stale = step.getPhase() == Phase.RESTORE && step.getState() == StepPhase.DONE;
      if (again.contains(step.getComponent())
          && (stale || step.getState() == StepPhase.ABANDONED)) {
        round.move(step, StepTable.Trigger.REDO);
        if (step.getPhase() == Phase.RESTORE) {
          Steps.anew(round, step);
        }
      }
    }
  }
}
