package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What workers say of their steps, and what comes after each end of one. */
final class StepReports {
  /** Restore attempts of one procedure with one restore point after the other. */
  private static final int MOST_ATTEMPTS = 4;

  /** Of a cluster's backup where a rebuild is left: each attempt makes a cluster of its own. */
  private static final int MOST_ATTEMPTS_BEFORE_REBUILD = 2;

  /** What says that a cluster's backup is lost or corrupt (runbook, section 2c). */
  private static final Set<FailureCode> NO_BACKUP =
      Set.of(FailureCode.NO_RESTORE_POINT, FailureCode.PROOF_FAILED);

  /** Attempts of a step that procedures before its present one have used up. */
  private static final String ATTEMPTS_BEFORE = "attempts-before";

  /** Of a verdict: what it charges with the failure. */
  private static final String FAILED_COMPONENTS = "failed-components";

  private static final String POINT_OF_NO_RETURN = "point-of-no-return";

  private StepReports() {}

  static void take(Round round, StepEvent event) {
    if (round.incident() == null || !round.incident().getId().equals(event.getIncidentId())) {
      return;
    }
    // Whatever the step is taken for by now: from here on it only goes forward.
    Facts.find(event.getFacts(), POINT_OF_NO_RETURN)
        .ifPresent(what -> passPointOfNoReturn(round, event, what));
    Optional<StepView> found = round.stepOf(event.getCommandId());
    if (found.isEmpty()) {
      return;
    }
    StepView step = found.get();
    if (!Steps.underWay(step)) {
      if (step.getState() == StepPhase.FAILED && event.getTransition() == StepTransition.DONE) {
        done(round, step, event.getFacts());
      }
      return;
    }
    switch (event.getTransition()) {
      case ACCEPTED, ACTION_STARTED, ACTION_RETRIED, ACTION_DONE -> accepted(round, step);
      case DONE -> done(round, step, event.getFacts());
      case FAILED, REFUSED, CANCELLED -> failed(round, step, errorOf(event), event.getFacts());
      case UNSPECIFIED, PROGRESS -> {
        // A line of progress changes nothing that is decided here.
      }
    }
  }

  private static void accepted(Round round, StepView step) {
    if (step.getState() == StepPhase.DISPATCHED) {
      round.move(step, StepTable.Trigger.ACCEPT);
    }
  }

  private static void passPointOfNoReturn(Round round, StepEvent event, String what) {
    IncidentView incident = round.incident();
    if (!incident.getPointOfNoReturn()) {
      Approvals.forgetIfOver(round);
      incident.setPointOfNoReturn(true);
      round.event(
          IncidentKind.POINT_OF_NO_RETURN,
          "",
          event.getStepId(),
          "",
          BlockedReason.NONE,
          "Point of no return: " + what,
          "From here on only forward.",
          List.of(),
          List.of());
    }
  }

  private static StepError errorOf(StepEvent event) {
    if (event.getError() != null) {
      return event.getError();
    }
    return new StepError(
        FailureCode.UNKNOWN,
        event.getTransition() + " without an error: " + event.getText(),
        "Look at the log of " + event.getOwner() + ".",
        "");
  }

  static void take(Round round, ValidationOutcome outcome) {
    if (outcome.getKind() != OutcomeKind.VERDICT) {
      return;
    }
    Optional<StepView> found = round.stepOf(outcome.getCommandId());
    if (found.isEmpty() || !Steps.underWay(found.get())) {
      return;
    }
    if (outcome.getStatus() == CheckStatus.PASS) {
      done(round, found.get(), List.of(new Fact("verdict", outcome.getMeasured())));
      return;
    }
    StepError error =
        new StepError(
            outcome.getStatus() == CheckStatus.FAIL
                ? FailureCode.PROOF_FAILED
                : FailureCode.UNKNOWN,
            outcome.getMeasured(),
            "See the outcomes of the suite.",
            "");
    failed(
        round,
        found.get(),
        error,
        List.of(new Fact(FAILED_COMPONENTS, String.join(",", outcome.getFailedComponents()))));
  }

  private static void done(Round round, StepView step, List<Fact> facts) {
    round.move(step, StepTable.Trigger.FINISH);
    step.setEndedAt(round.now);
    step.setFacts(Facts.merge(step.getFacts(), facts));
    LeftBehind.forget(step);
    Steps.interval(round, step);
    round.event(
        IncidentKind.STEP_DONE,
        step.getComponent(),
        step.getId(),
        step.getProcedure(),
        BlockedReason.NONE,
        "%s is done after %s."
            .formatted(
                step.getId(), Wording.span(Duration.between(step.getDispatchedAt(), round.now))),
        "",
        facts,
        List.of());
    if (step.getPhase() == Phase.RESTORE) {
      Losses.sayIfWorse(round, step);
      Losses.sayWhatBeginsEmpty(round, step, facts);
    }
  }

  /** Steps whose end was not heard of in time. */
  static void timeOut(Round round) {
    for (StepView step : List.copyOf(round.incident().getSteps())) {
      if (Steps.underWay(step) && !round.now.isBefore(step.getDeadline().plus(Steps.GRACE))) {
        failed(
            round,
            step,
            new StepError(
                FailureCode.DEADLINE,
                "Nothing was heard of its end by " + step.getDeadline().plus(Steps.GRACE) + ".",
                "Is the worker '" + step.getWorker() + "' running?",
                "Unknown."),
            List.of());
      }
    }
  }

  // ---- after a failure ------------------------------------------------------------------------

  private static void failed(Round round, StepView step, StepError error, List<Fact> facts) {
    round.move(step, StepTable.Trigger.FAIL);
    step.setEndedAt(round.now);
    step.setError(error);
    LeftBehind.forgetIfSound(round, step, error);
    String left = LeftBehind.of(step);
    Steps.interval(round, step);
    round.event(
        IncidentKind.STEP_FAILED,
        step.getComponent(),
        step.getId(),
        step.getProcedure(),
        BlockedReason.NONE,
        "%s failed: %s%s".formatted(step.getId(), error.getMessage(), LeftBehind.told(step, error)),
        error.getHint(),
        left.isEmpty() ? facts : Facts.merge(facts, List.of(new Fact(LeftBehind.FACT, left))),
        List.of());
    if (SoundStore.isFoundBy(step) && ClusterSteps.wasBeforeItsCluster(round, step)) {
      countNoAttempt(step);
      fallBack(round, step, "another try, in the new cluster");
      return;
    }
    if (SoundStore.isFoundBy(step) && SoundStore.setAside(round, step)) {
      return;
    }
    if (SoundStore.isFoundBy(step) && !round.incident().getPointOfNoReturn()) {
      // The guard of that name waits until the observers see it too.
      return;
    }
    if (error.getCode() == FailureCode.KILL_SWITCH && !round.incident().getPointOfNoReturn()) {
      // The guard of that name waits; whoever threw it may release it at any time. Each asking is
      // an attempt by its number, but none that says anything of a restore point.
      countNoAttempt(step);
      fallBack(round, step, "another try, once changes are allowed again");
      return;
    }
    switch (step.getPhase()) {
      case RESTORE -> afterRestoreFailed(round, step, error, facts);
      case VERIFY -> afterVerifyFailed(round, step, error, facts);
      default ->
          Endings.giveUp(
              round,
              step.getComponent(),
              "%s failed, and what it left is not known for certain: %s%s"
                  .formatted(step.getProcedure(), error.getMessage(), LeftBehind.told(step)),
              left.isEmpty() || round.incident().getPointOfNoReturn()
                  ? error.getHint()
                  : (error.getHint()
                          + " See what was left behind and put it right, then `dr retry`: it ends"
                          + " by itself only after an attempt that finds the source sound.")
                      .strip());
    }
  }

  /** The same procedure with an older restore point, else the next procedure, else a person. */
  private static void afterRestoreFailed(
      Round round, StepView step, StepError error, List<Fact> facts) {
    Optional<String> point = Facts.find(facts, "restore-point");
    if (error.getCode() == FailureCode.UNKNOWN) {
      // Nobody knows what it did; another procedure on top would make it worse (design, rule 5).
      Endings.giveUp(
          round,
          step.getComponent(),
          "%s met what it does not know, so nothing else is tried: %s"
              .formatted(step.getProcedure(), error.getMessage()),
          error.getHint());
    } else if (ClusterLoss.hides(round, step.getComponent())) {
      // It failed for its surroundings, which says nothing of its restore point or procedure.
      countNoAttempt(step);
      fallBack(round, step, "another try, once the cluster answers");
    } else if (error.getCode() == FailureCode.PROOF_FAILED
        && point.isPresent()
        && attemptsOfProcedure(step) < mostAttempts(step)) {
      String excluded =
          Facts.find(step.getFacts(), Steps.EXCLUDED)
              .map(before -> before + "," + point.get())
              .orElse(point.get());
      step.setFacts(Facts.merge(step.getFacts(), List.of(new Fact(Steps.EXCLUDED, excluded))));
      fallBack(round, step, "an older restore point than " + point.get());
    } else if (isRebuildNext(step) && !NO_BACKUP.contains(error.getCode())) {
      // A rebuild knows nothing of volumes: it is for a backup that is lost, not for one that
      // cannot be reached for some minutes.
      Endings.giveUp(
          round,
          step.getComponent(),
          "%s failed, which does not say that the backup is lost, so the cluster is not rebuilt: %s"
              .formatted(step.getProcedure(), error.getMessage()),
          error.getHint() + " `dr retry` tries the backup again.");
    } else if (!step.getAlternatives().isEmpty()) {
      countAttemptsAnew(step);
      step.setProcedure(step.getAlternatives().get(0));
      step.setAlternatives(
          new ArrayList<>(step.getAlternatives().subList(1, step.getAlternatives().size())));
      fallBack(round, step, step.getProcedure());
    } else {
      Endings.giveUp(
          round,
          step.getComponent(),
          "No procedure is left for %s. Last error: %s"
              .formatted(step.getComponent(), error.getMessage()),
          error.getHint());
    }
  }

  private static boolean isRebuildNext(StepView step) {
    return step.getProcedure().equals(StoreKind.AKS_BACKUP)
        && step.getAlternatives().stream().findFirst().equals(Optional.of(StoreKind.AKS_REBUILD));
  }

  private static int mostAttempts(StepView step) {
    return isRebuildNext(step) ? MOST_ATTEMPTS_BEFORE_REBUILD : MOST_ATTEMPTS;
  }

  /** The number of an attempt is part of its command's name, so it only grows. */
  static void countAttemptsAnew(StepView step) {
    List<Fact> before = List.of(new Fact(ATTEMPTS_BEFORE, Integer.toString(step.getAttempt())));
    step.setFacts(Facts.merge(step.getFacts(), before));
  }

  private static void countNoAttempt(StepView step) {
    String before = Integer.toString(attemptsBefore(step) + 1);
    step.setFacts(Facts.merge(step.getFacts(), List.of(new Fact(ATTEMPTS_BEFORE, before))));
  }

  private static int attemptsOfProcedure(StepView step) {
    return step.getAttempt() - attemptsBefore(step);
  }

  private static int attemptsBefore(StepView step) {
    return Facts.find(step.getFacts(), ATTEMPTS_BEFORE).map(Integer::parseInt).orElse(0);
  }

  private static void fallBack(Round round, StepView step, String to) {
    round.move(step, StepTable.Trigger.FALL_BACK);
    round.event(
        IncidentKind.FELL_BACK,
        step.getComponent(),
        step.getId(),
        step.getProcedure(),
        BlockedReason.NONE,
        "%s falls back to %s.".formatted(step.getId(), to),
        "",
        List.of(),
        List.of());
  }

  /** A suite that could not be run is run once more; a suite that failed is a person's. */
  private static void afterVerifyFailed(
      Round round, StepView step, StepError error, List<Fact> facts) {
    if (error.getCode() != FailureCode.PROOF_FAILED && step.getAttempt() < 2) {
      fallBack(round, step, "another run of the suite");
      return;
    }
    Endings.giveUpOn(
        round,
        unproven(round, facts),
        "The recovery could not be proven: " + error.getMessage(),
        "Look at the outcomes on recovery.validations; `dr retry` runs the suite again.");
  }

  /** What the verdict names, of what was recovered; without a verdict all of that. */
  private static List<String> unproven(Round round, List<Fact> facts) {
    List<String> named =
        Facts.find(facts, FAILED_COMPONENTS)
            .map(names -> List.of(names.split(",")))
            .orElse(List.of());
    List<String> recovered =
        Planner.targets(round).stream().filter(name -> Steps.isRecovered(round, name)).toList();
    List<String> charged = recovered.stream().filter(named::contains).toList();
    return charged.isEmpty() ? recovered : charged;
  }
}
