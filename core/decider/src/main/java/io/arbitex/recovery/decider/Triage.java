package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Before anything is restored: may it heal by itself, may it be planned, what stands against it?
 */
final class Triage {
  private Triage() {}

  static boolean triage(Round round) {
    IncidentView incident = round.incident();
    if (Incidents.mayHeal(round)) {
      return Endings.heal(round, "Everything is up again before anything was restored.");
    }
    boolean retried = !incident.getSteps().isEmpty();
    if (!retried) {
      if (Planner.open(round).isEmpty()) {
        return nothingToPlan(round);
      }
      if (round.now.isBefore(restoreAt(round)) || unconfirmedNow(round)) {
        return false;
      }
    }
    Optional<Guards.Block> block =
        retried ? Guards.whileRecovering(round) : Guards.beforePlan(round);
    return block.isPresent() ? block(round, block.get()) : plan(round);
  }

  static boolean blocked(Round round) {
    IncidentView incident = round.incident();
    boolean planned = !incident.getSteps().isEmpty();
    if (Incidents.mayHeal(round)) {
      return Endings.heal(round, "Everything is up again by itself.");
    }
    Optional<Guards.Block> block;
    if (planned) {
      SoundStore.giveWay(round);
      if (Guards.whileRecovering(round).isEmpty() && Incidents.adapt(round)) {
        return true;
      }
      Dispatching.Turn turn = Dispatching.turn(round);
      if (turn.next().isPresent() && turn.block().isPresent()) {
        // Only what requires the blocked step waits for it.
        Steps.dispatch(round, turn.next().get());
        return true;
      }
      block = turn.block();
    } else {
      if (Planner.open(round).isEmpty()) {
        return nothingToPlan(round);
      }
      if (unconfirmedNow(round)) {
        return false;
      }
      block = Guards.beforePlan(round);
      FleetAdmission.giveBackUnused(round, block);
    }
    if (block.isPresent()) {
      return stillBlocked(round, block.get());
    }
    incident.setBlockedReason(BlockedReason.NONE);
    incident.setBlockedUntil(null);
    round.event(IncidentKind.UNBLOCKED, "", "Nothing stands against going on any more.", "");
    if (planned) {
      round.move(IncidentTable.Trigger.RESUME);
      return true;
    }
    return plan(round);
  }

  private static boolean stillBlocked(Round round, Guards.Block block) {
    IncidentView incident = round.incident();
    if (FleetAdmission.isAnsweredSoon(round, block)) {
      return false;
    }
    boolean over = block.until().filter(until -> !round.now.isBefore(until)).isPresent();
    if (block.reason() == BlockedReason.SOURCE_SOUND && over) {
      return Endings.giveUp(round, "", block.text(), block.lift());
    }
    if (block.reason() != incident.getBlockedReason()) {
      return sayBlocked(round, block);
    }
    incident.setBlockedUntil(block.until().orElse(null));
    if (block.reason() == BlockedReason.FLEET_ADMISSION && over) {
      FleetAdmission.sayOverdue(round, block);
    }
    return false;
  }

  private static boolean plan(Round round) {
    boolean first = round.incident().getSteps().isEmpty();
    List<ComponentView> hopeless = beyondRestore(round).toList();
    Planner.plan(round);
    round.move(IncidentTable.Trigger.PLAN);
    if (first) {
      hopeless.forEach(component -> sayBeyondRestore(round, component));
      Losses.sayExpected(round);
      round
          .incident()
          .getIntervals()
          .add(
              new PhaseInterval(Phase.DETECTION_TRIAGE, round.incident().getBadSince(), round.now));
      round.tell(
          round.incident().getSeverity(),
          Escalation.Action.TRIGGER,
          "Recovery of %s runs".formatted(String.join(", ", round.incident().getComponents())),
          "Plan %s is carried out.".formatted(round.incident().getPlanHash()),
          "");
    }
    return true;
  }

  static boolean block(Round round, Guards.Block block) {
    if (FleetAdmission.isAnsweredSoon(round, block)) {
      return false;
    }
    round.move(IncidentTable.Trigger.BLOCK);
    return sayBlocked(round, block);
  }

  private static boolean sayBlocked(Round round, Guards.Block block) {
    IncidentView incident = round.incident();
    incident.setBlockedReason(block.reason());
    incident.setBlockedUntil(block.until().orElse(null));
    String text = block.text() + LeftBehind.told(incident);
    round.event(
        IncidentKind.BLOCKED, "", "", "", block.reason(), text, block.lift(), List.of(), List.of());
    if (block.reason() != BlockedReason.FLEET_ADMISSION) {
      tellBlocked(round, block, text);
    }
    return true;
  }

  static void tellBlocked(Round round, Guards.Block block, String text) {
    round.tell(
        round.incident().getSeverity(),
        Escalation.Action.TRIGGER,
        "Recovery of %s is blocked: %s".formatted(round.state.getPlatform(), block.reason()),
        text + " " + block.lift(),
        block.lift());
  }

  /** A component whose symptom no restore can help. */
  private static Stream<ComponentView> beyondRestore(Round round) {
    return stores(round).filter(component -> !isRestorable(round, component.getSymptom()));
  }

  /** Stores that are bad, as far as can be said. */
  private static Stream<ComponentView> stores(Round round) {
    return Incidents.components(round)
        .filter(Opening::isBad)
        .filter(view -> !Landscape.isCluster(round, view.getComponent()))
        .filter(view -> !Landscape.isPublicHealth(round, view.getComponent()))
        .filter(view -> !ClusterLoss.hides(round, view.getComponent()));
  }

  static boolean isRestorable(Round round, Symptom symptom) {
    Policy.Symptoms symptoms = round.policy.symptoms();
    return symptoms.restore().contains(symptom.name())
        || symptoms.restoreByApproval().contains(symptom.name());
  }

  /**
   * What is bad cannot be helped by a restore, or must not: waits as long as it may pass, then asks
   * a person.
   */
  private static boolean nothingToPlan(Round round) {
    if (isClusterAwaited(round)) {
      return false;
    }
    boolean mayPass = round.now.isBefore(restoreAt(round));
    Optional<ComponentView> hopeless = beyondRestore(round).findFirst();
    if (hopeless.isPresent()) {
      // A server that is starting may be up before a person has read the page.
      boolean passing = hopeless.get().getSymptom() == Symptom.STARTING && mayPass;
      return !passing
          && Endings.giveUp(
              round,
              hopeless.get().getComponent(),
              beyondRestore(round, hopeless.get()),
              SymptomAdvice.of(hopeless.get().getSymptom()));
    }
    Optional<ComponentView> helpless = stores(round).findFirst();
    if (helpless.isPresent()) {
      return !mayPass && giveUpWithoutProcedure(round, helpless.get().getComponent());
    }
    Optional<ComponentView> cluster = badMember(round, Landscape.cluster(round));
    if (cluster.isPresent()) {
      return clusterIsToldOnly(round, cluster.get(), mayPass);
    }
    Optional<ComponentView> health = badMember(round, Landscape.publicHealth(round));
    return health.isPresent()
        && Endings.giveUp(
            round,
            health.get().getComponent(),
            "The public health is %s, and no failed store or cluster explains it. %s"
                .formatted(health.get().getConfirmed(), Observations.detail(round, health.get()))
                .strip(),
            PublicHealth.ADVICE);
  }

  /** Whether a cluster is lost that will be restored once that has lasted. */
  static boolean isClusterAwaited(Round round) {
    return ClusterLoss.isLost(round)
        && Landscape.clusterName(round)
            .filter(name -> !Planner.procedures(round, name).isEmpty())
            .isPresent();
  }

  private static Optional<ComponentView> badMember(Round round, Optional<ComponentView> view) {
    return view.filter(Opening::isBad)
        .filter(bad -> round.incident().getComponents().contains(bad.getComponent()));
  }

  private static boolean clusterIsToldOnly(Round round, ComponentView cluster, boolean mayPass) {
    String name = cluster.getComponent();
    if (cluster.getConfirmed() != HealthStatus.DOWN) {
      return Endings.giveUp(
          round,
          name,
          "The cluster '%s' is degraded, which no restore would help. %s"
              .formatted(name, Observations.detail(round, cluster))
              .strip(),
          "See to its nodes and its API; it ends when it is up.");
    }
    if (mayPass) {
      return false;
    }
    Optional<Guards.Block> block = ClusterLoss.notLost(round);
    if (block.isEmpty()) {
      return giveUpWithoutProcedure(round, name);
    }
    if (block.get().reason() != BlockedReason.NO_QUORUM) {
      return Endings.giveUp(round, name, block.get().text(), block.get().lift());
    }
    return round.incident().getPhase() == IncidentPhase.BLOCKED
        ? stillBlocked(round, block.get())
        : block(round, block.get());
  }

  private static boolean giveUpWithoutProcedure(Round round, String component) {
    return Endings.giveUp(
        round,
        component,
        "No procedure is configured for " + component + ".",
        Landscape.isCluster(round, component)
            ? "Recover it by hand (runbook, section 2): nothing restores a cluster by itself yet."
            : "Add one to its 'procedures' in the inventory, or recover it by hand.");
  }

  private static String beyondRestore(Round round, ComponentView component) {
    return "%s is %s because of %s: a restore would not help. %s"
        .formatted(
            component.getComponent(),
            component.getConfirmed(),
            component.getSymptom(),
            Observations.detail(round, component));
  }

  /** Told beside a plan that recovers what can be helped. */
  private static void sayBeyondRestore(Round round, ComponentView component) {
    String text = beyondRestore(round, component).strip();
    String advice = SymptomAdvice.of(component.getSymptom());
    round.event(IncidentKind.NOTE, component.getComponent(), text, advice);
    round.tell(
        round.incident().getSeverity(),
        Escalation.Action.TRIGGER,
        component.getComponent() + " needs a person, beside the recovery",
        text + " " + advice,
        advice);
  }

  /** UNREACHABLE and the like may heal by a restart; corruption does not. */
  private static Instant restoreAt(Round round) {
    boolean waits =
        Incidents.components(round)
            .anyMatch(component -> component.getSymptom() != Symptom.CORRUPT);
    Instant confirmed = round.incident().getConfirmedAt();
    return waits ? confirmed.plus(round.policy.detection().restoreAfter()) : confirmed;
  }

  /** While too few can be heard at all, the guard of that name speaks. */
  private static boolean unconfirmedNow(Round round) {
    List<ComponentView> open = Planner.open(round).stream().map(round::component).toList();
    return open.stream().noneMatch(ComponentView::getQuorumLost)
        && !open.stream()
            .filter(Opening::isBad)
            .filter(component -> !ClusterLoss.hides(round, component.getComponent()))
            .allMatch(component -> Observations.isSaidNow(round, component));
  }
}
