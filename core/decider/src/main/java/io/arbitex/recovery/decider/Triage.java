package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
      Optional<ComponentView> hopeless = beyondRestore(round);
      if (hopeless.isPresent()) {
        // A server that is starting may be up before a person has read the page.
        boolean passing = hopeless.get().getSymptom() == Symptom.STARTING;
        return !(passing && round.now.isBefore(restoreAt(round)))
            && giveUpBeyondRestore(round, hopeless.get());
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
      block = Incidents.againstNextStep(round);
    } else {
      Optional<ComponentView> hopeless = beyondRestore(round);
      if (hopeless.isPresent()) {
        return giveUpBeyondRestore(round, hopeless.get());
      }
      if (unconfirmedNow(round)) {
        return false;
      }
      block = Guards.beforePlan(round);
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
    boolean over = block.until().filter(until -> !round.now.isBefore(until)).isPresent();
    if (block.reason() == BlockedReason.SOURCE_SOUND && over) {
      return Endings.giveUp(round, "", block.text(), block.lift());
    }
    if (block.reason() != incident.getBlockedReason()) {
      return sayBlocked(round, block);
    }
    incident.setBlockedUntil(block.until().orElse(null));
    return false;
  }

  private static boolean plan(Round round) {
    for (String component : round.incident().getComponents()) {
      if (Planner.procedures(round, component).isEmpty()) {
        return Endings.giveUp(
            round,
            component,
            "No procedure is configured for " + component + ".",
            "Add one to its 'procedures' in the inventory, or recover it by hand.");
      }
    }
    boolean first = round.incident().getSteps().isEmpty();
    Planner.plan(round);
    round.move(IncidentTable.Trigger.PLAN);
    if (first) {
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
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        "Recovery of %s is blocked: %s".formatted(round.state.getPlatform(), block.reason()),
        text + " " + block.lift(),
        block.lift());
    return true;
  }

  /** A component whose symptom no restore can help. */
  static Optional<ComponentView> beyondRestore(Round round) {
    return Incidents.components(round)
        .filter(Opening::isBad)
        .filter(component -> !restorable(round, component.getSymptom()))
        .findFirst();
  }

  private static boolean restorable(Round round, Symptom symptom) {
    Policy.Symptoms symptoms = round.policy.symptoms();
    return symptoms.restore().contains(symptom.name())
        || symptoms.restoreByApproval().contains(symptom.name());
  }

  private static boolean giveUpBeyondRestore(Round round, ComponentView component) {
    return Endings.giveUp(
        round,
        component.getComponent(),
        "%s is %s because of %s: a restore would not help. %s"
            .formatted(
                component.getComponent(),
                component.getConfirmed(),
                component.getSymptom(),
                Observations.detail(round, component)),
        SymptomAdvice.of(component.getSymptom()));
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
    boolean unheard =
        round.incident().getComponents().stream()
            .map(round::component)
            .anyMatch(ComponentView::getQuorumLost);
    return !unheard && !Observations.stillConfirmed(round);
  }
}
