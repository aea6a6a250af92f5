package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.RestorePointView;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How much time of data a recovery loses, beside the RPO: what is expected before the plan, and
 * what was really restored before it is cut over to. Restoring beside is safe whatever it would
 * lose; only the cutover makes the loss come true.
 */
final class Losses {
  private static final String TAKEN_AT = "restore-point-taken-at";

  /** Fact of a restore: the loss that its plan told people of, in seconds. */
  private static final String TOLD = "expected-loss-seconds";

  /** Fact of a restore: who approved or retried after it was known what it had brought back. */
  private static final String ACCEPTED = "loss-accepted-by";

  /** Fact of a rebuild: claims without data, joined by commas. */
  private static final String EMPTY = "empty-claims";

  private static final Set<String> OF_ONE_RESTORE = Set.of(TAKEN_AT, TOLD, ACCEPTED, Steps.SYMPTOM);

  private static final Duration UNREADABLE = Duration.ofDays(36_500);

  private Losses() {}

  /**
   * The time between the newest restore point and the first bad observation. Of a restore to a
   * moment: how far the archive may lag; or unknown, where it goes back to the last proven moment.
   */
  static Optional<Duration> expected(Round round, ComponentView component) {
    List<String> procedures = Planner.procedures(round, component.getComponent());
    if (!procedures.isEmpty() && procedures.get(0).equals(StoreKind.POSTGRESQL_PITR)) {
      return component.getSymptom() == Symptom.UNREACHABLE
          ? Optional.of(round.policy.procedures().pitr().archiveLag())
          : Optional.empty();
    }
    return newest(round, component.getComponent())
        .map(point -> between(point.getTakenAt(), badSince(round, component.getComponent())));
  }

  /**
   * Since when a component is bad. An incident may be older than a component that joined it, a
   * cluster's API may be away for days before it is lost; what was taken meanwhile is good.
   */
  static Instant badSince(Round round, String component) {
    Optional<Instant> own =
        Landscape.isCluster(round, component) || ClusterSteps.takesAlong(round, component)
            ? ClusterLoss.badSince(round)
            : Optional.ofNullable(round.component(component).getBadSince());
    Instant incident = round.incident().getBadSince();
    return own.filter(since -> since.isAfter(incident)).orElse(incident);
  }

  /** Keeps what a plan says of a component's loss: by the time of the cutover it may be another. */
  static List<Fact> told(Round round, String component) {
    return expected(round, round.component(component))
        .map(loss -> List.of(new Fact(TOLD, Long.toString(loss.toSeconds()))))
        .orElse(List.of());
  }

  /** Facts of a restore without what was said of the loss of an earlier one. */
  static List<Fact> withoutLoss(List<Fact> facts) {
    return facts.stream()
        .filter(fact -> !OF_ONE_RESTORE.contains(fact.getName()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static Optional<Duration> told(StepView restore) {
    return Facts.find(restore.getFacts(), TOLD).map(Long::parseLong).map(Duration::ofSeconds);
  }

  /** The newest restore point of before the component was bad. */
  static Optional<RestorePointView> newest(Round round, String component) {
    Instant badSince = badSince(round, component);
    return round.state.getRestorePoints().stream()
        .filter(point -> point.getComponent().equals(component))
        .filter(point -> point.getState() == RestorePointState.AVAILABLE)
        // A younger one may have been taken from what was damaged already.
        .filter(point -> point.getTakenAt().isBefore(badSince))
        .max(Comparator.comparing(RestorePointView::getTakenAt));
  }

  /** What a finished restore has brought back loses; empty where it does not say its moment. */
  private static Optional<Duration> restored(Round round, StepView restore) {
    Instant badSince =
        Facts.find(restore.getFacts(), Steps.BAD_SINCE)
            .map(Instant::parse)
            .orElse(round.incident().getBadSince());
    return Facts.find(restore.getFacts(), TAKEN_AT)
        .map(takenAt -> between(moment(restore, takenAt), badSince));
  }

  /** A moment that nobody can read is taken for the oldest one: a person must look. */
  private static Instant moment(StepView restore, String takenAt) {
    try {
      return Instant.parse(takenAt);
    } catch (DateTimeParseException e) {
      return restore.getDispatchedAt().minus(UNREADABLE);
    }
  }

  private static Duration between(Instant takenAt, Instant badSince) {
    Duration loss = Duration.between(takenAt, badSince);
    return loss.isNegative() ? Duration.ZERO : loss;
  }

  /** The guard before a plan: the policy may want a person where the newest point is too old. */
  static Optional<Guards.Block> beforePlan(Round round) {
    if (round.incident().getOverrideGuards() || Guards.approved(round)) {
      return Optional.empty();
    }
    return Guards.targets(round)
        .filter(component -> expected(round, component).filter(above(round)).isPresent())
        .filter(component -> !mayGoOn(round, component))
        .findFirst()
        .flatMap(
            component ->
                Guards.block(
                    BlockedReason.LOSS_ABOVE_RPO,
                    "The newest restore point of %s would lose %s, the RPO is %s."
                        .formatted(
                            component.getComponent(),
                            Wording.span(expected(round, component).orElseThrow()),
                            Wording.span(rpo(round))),
                    "`dr retry` accepts the loss; a newer restore point lifts it.",
                    null));
  }

  /**
   * The guard before a cutover: what was restored may be older than the plan said, since newer
   * points failed their proof or another procedure had to be taken.
   */
  static Optional<Guards.Block> beforeCutover(Round round, StepView cutover) {
    Optional<StepView> restore = restoreOf(round, cutover.getComponent());
    Optional<Duration> loss = restore.flatMap(step -> restored(round, step)).filter(above(round));
    if (loss.isEmpty()) {
      return Optional.empty();
    }
    ComponentView component = round.component(restore.get().getComponent());
    boolean shown = told(restore.get()).filter(told -> told.compareTo(loss.get()) >= 0).isPresent();
    boolean accepted =
        Facts.find(restore.get().getFacts(), ACCEPTED).isPresent()
            || (shown && (Guards.approved(round) || round.incident().getOverrideGuards()));
    boolean damaged =
        Facts.find(restore.get().getFacts(), Steps.SYMPTOM)
            .filter(symptom -> Guards.isDamage(Symptom.valueOf(symptom)))
            .isPresent();
    // What is damaged and merely stopped can be started again, and be asked for the rest.
    if (accepted || (!damaged && mayGoOn(round, component))) {
      return Optional.empty();
    }
    String plan = round.incident().getPlanHash();
    return Guards.block(
        BlockedReason.LOSS_ABOVE_RPO,
        "What %s has restored of %s loses %s, the RPO is %s; it is not cut over to."
            .formatted(
                restore.get().getProcedure(),
                component.getComponent(),
                Wording.span(loss.get()),
                Wording.span(rpo(round))),
        "`dr approve "
            + round.incident().getId()
            + " --plan "
            + plan
            + "` accepts the loss, and so does `dr retry`.",
        null);
  }

  private static Optional<StepView> restoreOf(Round round, String component) {
    return round.incident().getSteps().stream()
        .filter(step -> step.getPhase() == Phase.RESTORE && step.getState() == StepPhase.DONE)
        .filter(step -> step.getComponent().equals(component))
        .findFirst();
  }

  /**
   * Whoever approves or retries knows what the restores have brought back that were done when they
   * said so. What they said may come later than a restore that they did not know of.
   */
  static void accept(Round round, String person, Instant saidAt) {
    for (StepView step : round.incident().getSteps()) {
      if (step.getPhase() == Phase.RESTORE
          && step.getState() == StepPhase.DONE
          && step.getEndedAt().isBefore(saidAt)) {
        step.setFacts(Facts.merge(step.getFacts(), List.of(new Fact(ACCEPTED, person))));
      }
    }
  }

  /** The source is proven gone, so waiting cannot lower the loss: page and go on. */
  private static boolean mayGoOn(Round round, ComponentView component) {
    boolean gone =
        component.getConfirmed() == HealthStatus.DOWN
            && component.getSymptom() == Symptom.UNREACHABLE;
    return (gone || ClusterSteps.takesAlong(round, component.getComponent()))
        && !round.policy.guards().refuseLossAboveRpo();
  }

  private static Predicate<Duration> above(Round round) {
    return loss -> loss.compareTo(rpo(round)) > 0;
  }

  private static Duration rpo(Round round) {
    return round.targets(round.incident().getSeverity()).rpo();
  }

  /** Tells people of a plan that goes on although it loses more than the RPO. */
  static void sayExpected(Round round) {
    for (String name : Planner.targets(round)) {
      expected(round, round.component(name))
          .filter(above(round))
          .ifPresent(
              loss ->
                  say(
                      round,
                      name,
                      "The newest restore point of %s loses %s, more than the RPO of %s; the source is gone and there is no better one, so it goes on."
                          .formatted(name, Wording.span(loss), Wording.span(rpo(round)))));
    }
  }

  /** Tells people when a restore has brought back less than its plan said. */
  static void sayIfWorse(Round round, StepView restore) {
    Optional<Duration> loss = restored(round, restore).filter(above(round));
    boolean said = told(restore).filter(above(round)).isPresent();
    if (loss.isPresent() && !said) {
      say(
          round,
          restore.getComponent(),
          "What %s has restored of %s loses %s, more than the RPO of %s, and more than the plan said."
              .formatted(
                  restore.getProcedure(),
                  restore.getComponent(),
                  Wording.span(loss.get()),
                  Wording.span(rpo(round))));
    }
  }

  /** Tells people when a rebuilt cluster has volumes whose data nobody brings back. */
  static void sayWhatBeginsEmpty(Round round, StepView restore, List<Fact> facts) {
    Facts.find(facts, EMPTY)
        .filter(claims -> !claims.isEmpty())
        .ifPresent(
            claims ->
                say(
                    round,
                    restore.getComponent(),
                    "%s has rebuilt the cluster, and these volumes begin empty in it, as the inventory allows: %s."
                        .formatted(restore.getProcedure(), claims)));
  }

  private static void say(Round round, String component, String text) {
    round.event(IncidentKind.NOTE, component, text, "");
    round.tell(
        round.incident().getSeverity(), Escalation.Action.TRIGGER, "Loss above the RPO", text, "");
  }
}
