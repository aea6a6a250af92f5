package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PlannedStep;
import io.arbitex.recovery.record.RecoveryPlan;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.schemas.Digests;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What to do, in the policy's order of stores: per store one restore beside and one cutover, and at
 * the end one suite for the whole incident. One restore per store: a component's procedures are
 * alternatives, tried in the policy's order. What waits for a cluster: {@link ClusterSteps}.
 */
final class Planner {
  static final String VERIFY = "verify.full";
  static final String VERIFY_STEP = "verify";
  private static final Framing FRAMING = new Framing();

  private Planner() {}

  /** The procedures that may bring a component back here, in the order in which they are tried. */
  static List<String> procedures(Round round, String component) {
    Inventory.Component found = round.platform.component(component).orElseThrow();
    if (Landscape.isPublicHealth(round, component)) {
      return List.of();
    }
    List<String> order = round.policy.procedures().byKind().getOrDefault(found.kind(), List.of());
    List<String> here = new ArrayList<>(found.procedures());
    here.retainAll(order);
    here.sort(Comparator.comparingInt(order::indexOf));
    if (round.policy.procedures().preferLeastLoss()) {
      here.sort(Comparator.comparing(procedure -> procedure.endsWith(".dump")));
    }
    if (StoreKind.of(round, component) == StoreKind.REDIS && databaseGoesBack(round)) {
      // A revived cache may hold sessions that the database, which goes back in time, has revoked.
      here.sort(Comparator.comparing(procedure -> !procedure.equals(StoreKind.REDIS_COLD)));
    }
    if (ClusterSteps.takesAlong(round, component)) {
      // The file that it would go back in went with the cluster.
      here.sort(Comparator.comparing(procedure -> procedure.equals(StoreKind.REDIS_AOF)));
    }
    return here;
  }

  private static boolean databaseGoesBack(Round round) {
    return round.incident().getComponents().stream()
        .filter(name -> !Landscape.isPublicHealth(round, name))
        .anyMatch(name -> StoreKind.of(round, name) == StoreKind.POSTGRESQL);
  }

  /** What is recovered, or may be by now. */
  static List<String> targets(Round round) {
    List<String> open = open(round);
    return round.incident().getComponents().stream()
        .filter(name -> open.contains(name) || hasSteps(round, name))
        .toList();
  }

  /** Components of the incident that have no steps yet, and that a restore can and may help. */
  static List<String> open(Round round) {
    return round.incident().getComponents().stream().filter(name -> isOpen(round, name)).toList();
  }

  static boolean isOpen(Round round, String name) {
    return round.incident().getComponents().contains(name)
        && !hasSteps(round, name)
        && mayBePlanned(round, name)
        && !procedures(round, name).isEmpty();
  }

  private static boolean mayBePlanned(Round round, String name) {
    if (Landscape.isCluster(round, name)) {
      return ClusterLoss.isRipe(round)
          && (round.incident().getSteps().isEmpty()
              || Guards.beforeClusterJoins(round, round.component(name)).isEmpty());
    }
    if (ClusterSteps.takesAlong(round, name)) {
      return true;
    }
    ComponentView view = round.component(name);
    return Opening.isBad(view)
        && Triage.isRestorable(round, view.getSymptom())
        && !ClusterLoss.hides(round, name)
        && (round.incident().getSteps().isEmpty() || Joining.mayJoin(round, view));
  }

  static boolean hasSteps(Round round, String component) {
    return round.incident().getSteps().stream()
        .anyMatch(step -> step.getComponent().equals(component));
  }

  /**
   * Adds the steps of every component that has none yet and needs them, and publishes the plan. The
   * steps stand in the policy's order of stores, the suite at the end.
   */
  static void plan(Round round) {
    IncidentView incident = round.incident();
    List<StepView> steps = new ArrayList<>(incident.getSteps());
    boolean first = steps.isEmpty();
    Optional<StepView> suite =
        steps.stream().filter(step -> step.getId().equals(VERIFY_STEP)).findFirst();
    suite.ifPresent(steps::remove);
    List<String> open = new ArrayList<>(open(round));
    open.addAll(ClusterSteps.takeAlong(round, open));
    SoundStore.needAgain(round, name -> ClusterSteps.takesAlong(round, name));
    List<StepView> ordered = new ArrayList<>();
    for (String component : inRunbookOrder(round)) {
      if (open.contains(component)) {
        ordered.addAll(stepsOf(round, component));
      } else {
        steps.stream().filter(step -> step.getComponent().equals(component)).forEach(ordered::add);
      }
    }
    steps = ordered;
    ClusterSteps.require(round, steps);
    StepView verify =
        suite.orElseGet(
            () ->
                step(
                    round,
                    VERIFY_STEP,
                    "",
                    Phase.VERIFY,
                    List.of(VERIFY),
                    Worker.VERIFIER,
                    List.of(),
                    "Nothing to undo: it only reads."));
    verify.setRequires(steps.stream().map(StepView::getId).toList());
    steps.add(verify);
    incident.setSteps(steps);
    incident.setRevision(incident.getRevision() + 1);
    if (first) {
      incident.setPlannedAt(round.now);
    }
    publish(round);
  }

  private static List<String> inRunbookOrder(Round round) {
    List<String> order = round.policy.storeOrder();
    List<String> components = new ArrayList<>(round.incident().getComponents());
    components.sort(
        Comparator.comparingInt(
            name -> {
              int at = order.indexOf(round.platform.component(name).orElseThrow().kind());
              return at < 0 ? order.size() : at;
            }));
    return components;
  }

  private static List<StepView> stepsOf(Round round, String component) {
    StoreKind kind = StoreKind.of(round, component);
    String restore = component + ".restore";
    String cutover = component + ".cutover";
    StepView first =
        step(
            round,
            restore,
            component,
            Phase.RESTORE,
            procedures(round, component),
            kind.restorer(),
            List.of(),
            kind.undoRestore());
    List<Fact> facts = new ArrayList<>(Losses.told(round, component));
    facts.add(new Fact(Steps.BAD_SINCE, Losses.badSince(round, component).toString()));
    first.setFacts(facts);
    return List.of(
        first,
        step(
            round,
            cutover,
            component,
            Phase.CUTOVER,
            List.of(kind.cutover()),
            Worker.CUTOVER,
            List.of(restore),
            kind.undoCutover()));
  }

  private static StepView step(
      Round round,
      String id,
      String component,
      Phase phase,
      List<String> procedures,
      Worker worker,
      List<String> requires,
      String undo) {
    String procedure = procedures.get(0);
    return StepView.newBuilder()
        .setId(id)
        .setComponent(component)
        .setPhase(phase)
        .setProcedure(procedure)
        .setWorker(worker.id())
        .setRequires(requires)
        .setAlternatives(new ArrayList<>(procedures.subList(1, procedures.size())))
        .setTimeoutSeconds(round.policy.procedures().timeout(procedure).toSeconds())
        .setState(StepPhase.WAITING)
        .setAttempt(0)
        .setCommandId("")
        .setUndo(undo)
        .setFacts(new ArrayList<>())
        .build();
  }

  private static void publish(Round round) {
    IncidentView incident = round.incident();
    List<PlannedStep> steps = incident.getSteps().stream().map(Planner::planned).toList();
    String key = round.state.getPlatform();
    RecoveryPlan plan =
        RecoveryPlan.newBuilder()
            .setPlanId("")
            .setIncidentId(incident.getId())
            .setPlatform(key)
            .setSeverity(incident.getSeverity())
            .setMode(round.mode())
            .setIssuedAt(Instant.EPOCH)
            .setPolicyHash(Digests.sha256(round.policy.text()))
            .setPlanHash("")
            .setRtoSeconds(round.targets(incident.getSeverity()).rto().toSeconds())
            .setRpoSeconds(round.targets(incident.getSeverity()).rpo().toSeconds())
            .setExpectedLossSeconds(expectedLoss(round).map(Duration::toSeconds).orElse(null))
            .setExpectedDurationSeconds(expectedSeconds(round))
            .setSteps(steps)
            .build();
    plan.setPlanHash(Digests.sha256(FRAMING.encode(plan)).substring(0, 16));
    plan.setIssuedAt(round.now);
    plan.setPlanId(incident.getId() + "/plan-" + incident.getRevision());
    incident.setPlanHash(plan.getPlanHash());
    round.publish(Topic.PLANS, key, plan.getPlanId(), plan);
    round.event(
        IncidentKind.PLAN_ISSUED,
        "",
        "Plan %s: %s. Expected: %s, loss %s."
            .formatted(
                plan.getPlanHash(),
                PlanText.of(steps),
                Wording.span(Duration.ofSeconds(plan.getExpectedDurationSeconds())),
                expectedLoss(round).map(Wording::span).orElse("unknown")),
        "");
  }

  private static PlannedStep planned(StepView step) {
    return PlannedStep.newBuilder()
        .setId(step.getId())
        .setComponent(step.getComponent())
        .setPhase(step.getPhase())
        .setProcedure(step.getProcedure())
        .setWorker(step.getWorker())
        .setRequires(step.getRequires())
        .setTimeoutSeconds(step.getTimeoutSeconds())
        .setAlternatives(step.getAlternatives())
        .setUndo(step.getUndo())
        .build();
  }

  private static Optional<Duration> expectedLoss(Round round) {
    return targets(round).stream()
        .map(round::component)
        .map((ComponentView view) -> Losses.expected(round, view))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** How long the steps of the plan take by the policy's experience. */
  static long expectedSeconds(Round round) {
    return round.incident().getSteps().stream()
        .map(step -> round.policy.procedures().expected().get(step.getProcedure()))
        .filter(time -> time != null)
        .mapToLong(Duration::toSeconds)
        .sum();
  }
}
