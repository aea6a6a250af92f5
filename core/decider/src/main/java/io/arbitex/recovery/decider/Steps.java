package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The dispatch of a step, and taking it back. Which one comes next: {@link Dispatching}. What
 * workers say: {@link StepReports}.
 */
final class Steps {
  /**
   * How long after a command's deadline its end is still waited for. A worker starts no action
   * after the deadline and no action outlives it, so that nothing of it can still act then.
   */
  static final Duration GRACE = Duration.ofSeconds(15);

  static final String EXCLUDED = "exclude-restore-points";
  static final String BAD_SINCE = "bad-since";
  static final String SYMPTOM = "symptom";

  private static final Set<FailureCode> OUTCOME_UNKNOWN =
      EnumSet.of(FailureCode.UNKNOWN, FailureCode.DEADLINE, FailureCode.OWNERSHIP_LOST);

  private Steps() {}

  static boolean underWay(StepView step) {
    return step.getState() == StepPhase.DISPATCHED || step.getState() == StepPhase.RUNNING;
  }

  /** Whether nothing that requires it has to wait for it any more. */
  static boolean isOver(StepView step) {
    return step.getState() == StepPhase.DONE || step.getState() == StepPhase.ABANDONED;
  }

  static void dispatch(Round round, StepView step) {
    IncidentView incident = round.incident();
    boolean mayLive = mayLive(round, step);
    round.move(step, StepTable.Trigger.DISPATCH);
    step.setAttempt(step.getAttempt() + 1);
    step.setTimeoutSeconds(round.policy.procedures().timeout(step.getProcedure()).toSeconds());
    step.setCommandId(incident.getId() + "/" + step.getId() + "/" + step.getAttempt());
    step.setDispatchedAt(round.now);
    step.setDeadline(round.now.plusSeconds(step.getTimeoutSeconds()));
    step.setEndedAt(null);
    if (step.getPhase() == Phase.RESTORE) {
      keepWhatIsWrong(round, step);
    }
    BoundCluster.keepWhatIsReplaced(round, step);
    LeftBehind.keep(step);
    step.setError(null);
    StepCommand command =
        command(
            round,
            step,
            CommandKind.EXECUTE,
            Facts.merge(parameters(round, step, mayLive), BoundCluster.parameters(round)));
    round.publish(
        Topic.commandsOf(Worker.of(step.getWorker())),
        round.state.getPlatform(),
        command.getCommandId(),
        command);
    round.event(
        IncidentKind.STEP_DISPATCHED,
        step.getComponent(),
        step.getId(),
        step.getProcedure(),
        BlockedReason.NONE,
        "%s: %s, attempt %d.".formatted(step.getId(), step.getProcedure(), step.getAttempt()),
        "",
        List.of(),
        List.of());
  }

  /**
   * Since when the component is bad, and of what, as it was when its restore was first begun: an
   * incident may be older than a component that joined it, and damage is not forgotten because the
   * server is stopped meanwhile.
   */
  private static void keepWhatIsWrong(Round round, StepView step) {
    ComponentView component = round.component(step.getComponent());
    List<Fact> facts = step.getFacts();
    if (Facts.find(facts, BAD_SINCE).isEmpty()) {
      String since = Losses.badSince(round, step.getComponent()).toString();
      facts = Facts.merge(facts, List.of(new Fact(BAD_SINCE, since)));
    }
    Optional<String> before = Facts.find(facts, SYMPTOM);
    if (before.isEmpty() || !Guards.isDamage(Symptom.valueOf(before.get()))) {
      // Whatever stands in its place in the new cluster, its data went with the old one.
      Symptom symptom =
          ClusterSteps.takesAlong(round, step.getComponent())
              ? Symptom.DATA_LOST
              : component.getSymptom();
      facts = Facts.merge(facts, List.of(new Fact(SYMPTOM, symptom.name())));
    }
    step.setFacts(facts);
  }

  private static StepCommand command(
      Round round, StepView step, CommandKind kind, List<Fact> parameters) {
    return StepCommand.newBuilder()
        .setCommandId(step.getCommandId())
        .setIncidentId(round.incident().getId())
        .setPlatform(round.state.getPlatform())
        .setKind(kind)
        .setStepId(step.getId())
        .setComponent(step.getComponent())
        .setProcedure(step.getProcedure())
        .setWorker(step.getWorker())
        .setAttempt(step.getAttempt())
        .setSeverity(round.incident().getSeverity())
        .setMode(round.mode())
        .setIssuedAt(round.now)
        .setDeadline(step.getDeadline())
        .setParameters(parameters)
        .build();
  }

  /**
   * What the worker needs to know: the source, and what earlier steps of the component found out.
   */
  private static List<Fact> parameters(Round round, StepView step, boolean mayLive) {
    IncidentView incident = round.incident();
    List<Fact> parameters = new ArrayList<>();
    parameters.add(new Fact(BAD_SINCE, incident.getBadSince().toString()));
    if (step.getComponent().isEmpty()) {
      parameters.add(new Fact("components", String.join(",", recovered(incident))));
      for (StepView done : incident.getSteps()) {
        if (done.getState() == StepPhase.DONE) {
          for (Fact fact : done.getFacts()) {
            parameters.add(new Fact(done.getComponent() + "." + fact.getName(), fact.getValue()));
          }
        }
      }
      return parameters;
    }
    ComponentView component = round.component(step.getComponent());
    parameters.add(new Fact("source-resource", component.getResource()));
    parameters.add(new Fact("source-epoch", Long.toString(component.getBindingEpoch())));
    parameters.add(new Fact(SYMPTOM, component.getSymptom().name()));
    parameters.add(new Fact("source-may-live", Boolean.toString(mayLive)));
    parameters.add(new Fact("stores-wait", String.join(",", waiting(round, step))));
    for (StepView done : incident.getSteps()) {
      if (done.getState() == StepPhase.DONE && done.getComponent().equals(step.getComponent())) {
        parameters = Facts.merge(parameters, done.getFacts());
      }
    }
    return Facts.merge(parameters, step.getFacts());
  }

  /**
   * Whether a source that is found alive is left all the same. A cluster is everything: to have
   * approved its plan is not to have approved that a living one is stopped.
   */
  private static boolean mayLive(Round round, StepView step) {
    if (step.getComponent().isEmpty()) {
      return false;
    }
    if (Landscape.isCluster(round, step.getComponent())) {
      return ClusterSteps.isInsistedOn(round, step);
    }
    return Approvals.leaveLivingSource(round, step)
        || Guards.lifeIsNoObstacle(round, round.component(step.getComponent()))
        || ClusterSteps.isGone(round, step.getComponent());
  }

  /**
   * Stores that are still to be cut over: a workload may need one of them before it is ready. What
   * lives in a cluster has its claims there to wait for, so it does not count for the cluster's own
   * cutover.
   */
  private static List<String> waiting(Round round, StepView step) {
    boolean ofCluster = Landscape.isCluster(round, step.getComponent());
    return round.incident().getSteps().stream()
        .filter(other -> other.getPhase() == Phase.CUTOVER)
        .filter(other -> !other.getComponent().equals(step.getComponent()))
        .filter(other -> !ofCluster || !Landscape.isInCluster(round, other.getComponent()))
        .filter(other -> !isOver(other))
        .map(StepView::getComponent)
        .distinct()
        .toList();
  }

  /** What the suite must prove: a component that was only told of has nothing to be proven. */
  private static List<String> recovered(IncidentView incident) {
    return incident.getSteps().stream()
        .filter(step -> step.getState() != StepPhase.ABANDONED)
        .map(StepView::getComponent)
        .filter(component -> !component.isEmpty())
        .filter(component -> !SoundStore.isSetAside(incident, component))
        .distinct()
        .toList();
  }

  /**
   * Whether a cutover has begun that is not surely undone. A worker that failed says in its last
   * event whether the point of no return may be passed, and what it could not put back; one that
   * was not heard of says nothing.
   */
  static boolean mayBeCutOver(IncidentView incident) {
    return incident.getPointOfNoReturn()
        || incident.getSteps().stream().anyMatch(Steps::mayBeCutOver);
  }

  /** The same of one step. */
  static boolean mayBeCutOver(StepView step) {
    return step.getPhase() == Phase.CUTOVER
        && (underWay(step)
            || step.getState() == StepPhase.DONE
            || !LeftBehind.of(step).isEmpty()
            || (step.getError() != null && OUTCOME_UNKNOWN.contains(step.getError().getCode())));
  }

  /** Whether anything was done for a component that is not known to be sound without it. */
  static boolean isRecovered(Round round, String component) {
    return round.incident().getSteps().stream()
            .anyMatch(
                step -> step.getComponent().equals(component) && step.getState() == StepPhase.DONE)
        && !SoundStore.isSetAside(round.incident(), component);
  }

  static void interval(Round round, StepView step) {
    round
        .incident()
        .getIntervals()
        .add(new PhaseInterval(step.getPhase(), step.getDispatchedAt(), round.now));
  }

  static Optional<Instant> nextDue(IncidentView incident) {
    return incident.getSteps().stream()
        .filter(Steps::underWay)
        .map(step -> step.getDeadline().plus(GRACE))
        .min(Instant::compareTo);
  }

  /** Takes back what is under way when the incident ends without it. */
  static void abandonAll(Round round) {
    round.incident().getSteps().forEach(step -> abandon(round, step));
  }

  /** Takes a step back that is not needed any more; what is done stays done. */
  static void abandon(Round round, StepView step) {
    if (underWay(step)) {
      cancel(round, step);
    }
    if (StepTable.TABLE.find(step.getState(), StepTable.Trigger.ABANDON).isPresent()) {
      round.move(step, StepTable.Trigger.ABANDON);
    }
  }

  /** Takes back what is under way; it counts as failed, and may be tried again. */
  static void cancelUnderWay(Round round) {
    for (StepView step : round.incident().getSteps()) {
      if (underWay(step)) {
        cancel(round, step);
        round.move(step, StepTable.Trigger.FAIL);
        step.setEndedAt(round.now);
        step.setError(new StepError(FailureCode.PREFLIGHT, "Cancelled by a person.", "", ""));
      }
    }
  }

  private static void cancel(Round round, StepView step) {
    StepCommand cancel = command(round, step, CommandKind.CANCEL, List.of());
    round.publish(
        Topic.commandsOf(Worker.of(step.getWorker())),
        round.state.getPlatform(),
        step.getCommandId() + "/cancel",
        cancel);
    interval(round, step);
  }

  /** Makes ready what failed, for a person who says: go on. Past the cutover it is proven again. */
  static void redo(Round round) {
    SoundStore.needAgain(round, name -> Opening.isBad(round.component(name)));
    for (StepView step : round.incident().getSteps()) {
      if (step.getState() == StepPhase.FAILED
          && step.getPhase() == Phase.RESTORE
          && Planner.procedures(round, step.getComponent()).isEmpty()) {
        leaveOut(round, step.getComponent());
      } else if (step.getState() == StepPhase.FAILED) {
        round.move(step, StepTable.Trigger.FALL_BACK);
        if (step.getPhase() == Phase.RESTORE) {
          fromTheBeginning(round, step);
        }
      } else if (step.getPhase() == Phase.VERIFY && step.getState() == StepPhase.DONE) {
        round.move(step, StepTable.Trigger.REDO);
      }
    }
  }

  /** A component that nothing is configured for any more: the rest of the plan goes on. */
  private static void leaveOut(Round round, String component) {
    for (StepView step : round.incident().getSteps()) {
      if (step.getComponent().equals(component)) {
        abandon(round, step);
      }
    }
    round.event(
        IncidentKind.NOTE,
        component,
        "No procedure is configured for " + component + " any more: it is left to a person.",
        "");
  }

  /** A restore of a store that was found sound and is bad once more, since another moment. */
  static void anew(Round round, StepView restore) {
    String component = restore.getComponent();
    fromTheBeginning(round, restore);
    restore.setFacts(
        Facts.merge(
            Losses.withoutLoss(restore.getFacts()),
            List.of(new Fact(BAD_SINCE, Losses.badSince(round, component).toString()))));
    restore.setFacts(Facts.merge(restore.getFacts(), Losses.told(round, component)));
  }

  /** What was left out may have failed for what the person has mended. */
  private static void fromTheBeginning(Round round, StepView step) {
    List<String> procedures = Planner.procedures(round, step.getComponent());
    step.setProcedure(procedures.get(0));
    step.setAlternatives(new ArrayList<>(procedures.subList(1, procedures.size())));
    List<Fact> facts =
        step.getFacts().stream().filter(fact -> !fact.getName().equals(EXCLUDED)).toList();
    step.setFacts(facts);
    StepReports.countAttemptsAnew(step);
  }
}
