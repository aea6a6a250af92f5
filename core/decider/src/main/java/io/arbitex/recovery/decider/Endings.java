package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.StepPhase;
import java.time.Duration;
import java.util.List;

/** How an incident ends, heals, or is given to a person. */
final class Endings {
  private Endings() {}

  static boolean end(Round round) {
    IncidentView incident = round.incident();
    boolean healed = incident.getPhase() == IncidentPhase.SELF_HEALED;
    Duration time = Duration.between(incident.getBadSince(), round.now);
    String text =
        healed
            ? "Over after " + Wording.span(time) + ", healed by itself."
            : "Recovered and proven after " + Wording.span(time) + ".";
    round.event(
        healed ? IncidentKind.SELF_HEALED : IncidentKind.RESOLVED,
        "",
        "",
        "",
        BlockedReason.NONE,
        text,
        "",
        facts(incident),
        List.copyOf(incident.getIntervals()));
    round.tell(
        incident.getSeverity(),
        Escalation.Action.RESOLVE,
        "%s: %s"
            .formatted(
                healed ? "Healed" : "Recovered", String.join(", ", incident.getComponents())),
        text,
        "");
    FleetAdmission.giveBack(round);
    round.state.setIncident(null);
    return false;
  }

  private static List<Fact> facts(IncidentView incident) {
    return incident.getSteps().stream()
        .filter(step -> step.getState() == StepPhase.DONE)
        .flatMap(
            step ->
                step.getFacts().stream()
                    .map(fact -> new Fact(step.getId() + "." + fact.getName(), fact.getValue())))
        .toList();
  }

  /**
   * Ends the incident without a cutover; what is under way is cancelled and cleans up after itself.
   */
  static boolean heal(Round round, String why) {
    Steps.abandonAll(round);
    round.event(IncidentKind.NOTE, "", why, "");
    round.move(IncidentTable.Trigger.HEAL);
    return true;
  }

  /**
   * Hands over to a person; the incident stays open. What runs beside is not torn down; when it
   * fails as well, the person is told of that too.
   */
  static boolean giveUp(Round round, String component, String why, String next) {
    boolean tried = !round.incident().getSteps().isEmpty();
    return giveUp(
        round, component, why, next, tried ? BlockedReason.NONE : BlockedReason.NOT_A_DISASTER);
  }

  /**
   * The same.
   *
   * @param lasting what stands against it from now on. NOT_A_DISASTER is looked at again when the
   *     symptom changes; with NONE only a person goes on
   */
  static boolean giveUp(
      Round round, String component, String why, String next, BlockedReason lasting) {
    List<String> failed = component.isEmpty() ? List.of() : List.of(component);
    return giveUp(round, failed, component, why, next, lasting);
  }

  /**
   * The same, of a recovery of which not one step has failed.
   *
   * @param unproven components that were recovered, and are not good for all that
   */
  static boolean giveUpOn(Round round, List<String> unproven, String why, String next) {
    return giveUp(round, unproven, "", why, next, BlockedReason.NONE);
  }

  private static boolean giveUp(
      Round round,
      List<String> failed,
      String component,
      String why,
      String next,
      BlockedReason lasting) {
    IncidentView incident = round.incident();
    failed.forEach(name -> charge(round, name));
    if (incident.getPhase() != IncidentPhase.ESCALATED) {
      incident.setBlockedReason(lasting);
      round.move(IncidentTable.Trigger.GIVE_UP);
    }
    round.event(
        IncidentKind.ESCALATED,
        component,
        "",
        "",
        incident.getBlockedReason(),
        why,
        next,
        List.of(),
        List.copyOf(incident.getIntervals()));
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        "%s needs a person: %s".formatted(round.state.getPlatform(), incident.getSeverity()),
        (why + " " + next).strip(),
        next.isEmpty() ? "See the text." : next);
    return true;
  }

  /** Only what was really tried has failed; what never began says nothing of the next time. */
  private static void charge(Round round, String component) {
    boolean tried =
        round.incident().getSteps().stream()
            .anyMatch(step -> step.getComponent().equals(component) && step.getAttempt() > 0);
    if (tried && round.mode() == Mode.ACT) {
      ComponentView view = round.component(component);
      view.setFailedRecoveries(view.getFailedRecoveries() + 1);
    }
  }
}
