package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.ComponentView;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepPhase;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The life of an incident: opened, judged, recovered, proven, or given to a person. */
final class Incidents {
  /** How long the new resource may take to be probed good before a person looks. */
  static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(10);

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

  private Incidents() {}

  /** Opens an incident, or lets newly failed components join the open one. */
  static void openOrJoin(Round round) {
    for (ComponentView component : List.copyOf(round.state.getComponents())) {
      if (!isBad(component)) {
        continue;
      }
      if (round.incident() == null) {
        open(round, component);
      } else if (!round.incident().getComponents().contains(component.getComponent())) {
        join(round, component);
      }
    }
  }

  static boolean isBad(ComponentView component) {
    return component.getConfirmed() == HealthStatus.DOWN
        || component.getConfirmed() == HealthStatus.DEGRADED;
  }

  private static void open(Round round, ComponentView component) {
    long number = round.state.getIncidents() + 1;
    round.state.setIncidents(number);
    Instant badSince = component.getBadSince() == null ? round.now : component.getBadSince();
    IncidentView incident =
        IncidentView.newBuilder()
            .setId(
                "inc-" + round.state.getPlatform() + "-" + number + "-" + STAMP.format(round.now))
            .setPhase(IncidentTable.TABLE.transitions().get(0).from())
            .setSeverity(Severities.rate(round, List.of(component.getComponent())))
            .setComponents(new ArrayList<>(List.of(component.getComponent())))
            .setOpenedAt(round.now)
            .setBadSince(badSince)
            .setConfirmedAt(round.now)
            .setBlockedReason(BlockedReason.NONE)
            .setPlanHash("")
            .setApprovedPlanHash("")
            .setPointOfNoReturn(false)
            .setOverrideGuards(false)
            .setNotifications(0)
            .setRevision(0)
            .setSteps(new ArrayList<>())
            .setIntervals(new ArrayList<>())
            .setHistory(new ArrayList<>(List.of(IncidentPhase.TRIAGE.name())))
            .build();
    round.state.setIncident(incident);
    String text =
        "%s of %s is %s since %s (%s), confirmed by %s. %s"
            .formatted(
                component.getComponent(),
                round.state.getPlatform(),
                component.getConfirmed(),
                badSince,
                component.getSymptom(),
                Observations.witnesses(round, component),
                Observations.detail(round, component))
            .strip();
    round.event(IncidentKind.OPENED, component.getComponent(), text, "");
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        "%s: %s is %s"
            .formatted(incident.getSeverity(), component.getComponent(), component.getConfirmed()),
        text,
        "");
  }

  private static void join(Round round, ComponentView component) {
    IncidentView incident = round.incident();
    incident.getComponents().add(component.getComponent());
    round.event(
        IncidentKind.COMPONENT_JOINED,
        component.getComponent(),
        component.getComponent() + " is " + component.getConfirmed() + " too.",
        "");
    Severity now = Severities.rate(round, incident.getComponents());
    if (now.compareTo(incident.getSeverity()) < 0) {
      incident.setSeverity(now);
      round.event(IncidentKind.SEVERITY_RAISED, component.getComponent(), "Now " + now + ".", "");
      round.tell(
          now,
          Escalation.Action.TRIGGER,
          now + ": " + String.join(", ", incident.getComponents()),
          "Several components have failed.",
          "");
    }
    boolean planned = !incident.getSteps().isEmpty();
    if (planned && incident.getPhase() == IncidentPhase.RECOVERING) {
      if (Planner.procedures(round, component.getComponent()).isEmpty()) {
        round.event(
            IncidentKind.NOTE,
            component.getComponent(),
            "No procedure is configured for " + component.getComponent() + ".",
            "Recover it by hand.");
      } else {
        Planner.plan(round);
      }
    }
  }

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
      case TRIAGE -> triage(round);
      case BLOCKED -> blocked(round);
      case RECOVERING -> recovering(round);
      case SETTLING -> settling(round);
      case ESCALATED -> escalated(round);
      case RESOLVED, SELF_HEALED -> end(round);
    };
  }

  // ---- TRIAGE and BLOCKED ---------------------------------------------------------------------

  private static boolean triage(Round round) {
    IncidentView incident = round.incident();
    if (mayHeal(round)) {
      return heal(round, "Everything is up again before anything was restored.");
    }
    boolean retried = !incident.getSteps().isEmpty();
    if (!retried) {
      Optional<ComponentView> hopeless = beyondRestore(round);
      if (hopeless.isPresent()) {
        return giveUpBeyondRestore(round, hopeless.get());
      }
      if (round.now.isBefore(restoreAt(round)) || Observations.catchingUp(round)) {
        return false;
      }
    }
    Optional<Guards.Block> block =
        retried ? Guards.whileRecovering(round) : Guards.beforePlan(round);
    return block.isPresent() ? block(round, block.get()) : plan(round);
  }

  private static boolean blocked(Round round) {
    IncidentView incident = round.incident();
    boolean planned = !incident.getSteps().isEmpty();
    if (mayHeal(round)) {
      return heal(round, "Everything is up again by itself.");
    }
    Optional<Guards.Block> block;
    if (planned) {
      block = Guards.whileRecovering(round).or(() -> approvalNeeded(round));
    } else {
      Optional<ComponentView> hopeless = beyondRestore(round);
      if (hopeless.isPresent()) {
        return giveUpBeyondRestore(round, hopeless.get());
      }
      if (Observations.catchingUp(round)) {
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
      return giveUp(round, "", block.text(), block.lift());
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
        return giveUp(
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
      sayLoss(round);
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

  private static void sayLoss(Round round) {
    Duration rpo = round.targets(round.incident().getSeverity()).rpo();
    for (String name : round.incident().getComponents()) {
      Guards.expectedLoss(round, round.component(name))
          .filter(loss -> loss.compareTo(rpo) > 0)
          .ifPresent(
              loss -> {
                String text =
                    "The newest restore point of %s loses %s, more than the RPO of %s; the source is gone and there is no better one, so it goes on."
                        .formatted(name, Wording.span(loss), Wording.span(rpo));
                round.event(IncidentKind.NOTE, name, text, "");
                round.tell(
                    round.incident().getSeverity(),
                    Escalation.Action.TRIGGER,
                    "Loss above the RPO",
                    text,
                    "");
              });
    }
  }

  private static boolean block(Round round, Guards.Block block) {
    round.move(IncidentTable.Trigger.BLOCK);
    return sayBlocked(round, block);
  }

  private static boolean sayBlocked(Round round, Guards.Block block) {
    IncidentView incident = round.incident();
    incident.setBlockedReason(block.reason());
    incident.setBlockedUntil(block.until().orElse(null));
    round.event(
        IncidentKind.BLOCKED,
        "",
        "",
        "",
        block.reason(),
        block.text(),
        block.lift(),
        List.of(),
        List.of());
    round.tell(
        incident.getSeverity(),
        Escalation.Action.TRIGGER,
        "Recovery of %s is blocked: %s".formatted(round.state.getPlatform(), block.reason()),
        block.text() + " " + block.lift(),
        block.lift());
    return true;
  }

  /** A component whose symptom no restore can help. */
  private static Optional<ComponentView> beyondRestore(Round round) {
    return components(round)
        .filter(Incidents::isBad)
        .filter(component -> !restorable(round, component.getSymptom()))
        .findFirst();
  }

  private static boolean restorable(Round round, Symptom symptom) {
    Policy.Symptoms symptoms = round.policy.symptoms();
    return symptoms.restore().contains(symptom.name())
        || symptoms.restoreByApproval().contains(symptom.name());
  }

  private static boolean giveUpBeyondRestore(Round round, ComponentView component) {
    return giveUp(
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
        components(round).anyMatch(component -> component.getSymptom() != Symptom.CORRUPT);
    Instant confirmed = round.incident().getConfirmedAt();
    return waits ? confirmed.plus(round.policy.detection().restoreAfter()) : confirmed;
  }

  // ---- RECOVERING -----------------------------------------------------------------------------

  private static boolean recovering(Round round) {
    IncidentView incident = round.incident();
    if (mayHeal(round)) {
      return heal(
          round,
          "Everything is up again by itself; nothing was cut over, the databases made beside are not needed.");
    }
    if (incident.getSteps().stream().allMatch(step -> step.getState() == StepPhase.DONE)) {
      return prove(round);
    }
    if (round.mode() == Mode.DRY_RUN
        && incident.getSteps().stream().anyMatch(step -> step.getState() == StepPhase.DONE)) {
      return giveUp(
          round,
          "",
          "Dry run: every check of the restore has passed, nothing was changed.",
          "Set mode: act and `dr retry`, or recover by hand.");
    }
    Optional<Guards.Block> block = Guards.whileRecovering(round).or(() -> approvalNeeded(round));
    if (block.isPresent()) {
      return block(round, block.get());
    }
    Optional<StepView> ready = Steps.ready(round);
    ready.ifPresent(step -> Steps.dispatch(round, step));
    return ready.isPresent();
  }

  /** Everything is up, and surely nothing was cut over: what is up is what was there before. */
  private static boolean mayHeal(Round round) {
    return allUp(round) && !Steps.mayBeCutOver(round.incident());
  }

  /**
   * The plan of some severities, and every cutover away from a living source, waits for a person.
   */
  private static Optional<Guards.Block> approvalNeeded(Round round) {
    IncidentView incident = round.incident();
    Optional<StepView> next = Steps.ready(round);
    if (next.isEmpty() || next.get().getPhase() != Phase.CUTOVER || Guards.approved(round)) {
      return Optional.empty();
    }
    ComponentView component = round.component(next.get().getComponent());
    boolean bySymptom =
        round.policy.symptoms().restoreByApproval().contains(component.getSymptom().name());
    boolean bySeverity =
        round.policy.guards().approvalFor().contains(incident.getSeverity().name());
    if (!bySymptom && !bySeverity) {
      return Optional.empty();
    }
    return Optional.of(
        new Guards.Block(
            BlockedReason.APPROVAL_NEEDED,
            "The cutover of %s waits for an approval of plan %s."
                .formatted(component.getComponent(), incident.getPlanHash()),
            "`dr approve " + incident.getId() + " --plan " + incident.getPlanHash() + "`",
            Optional.empty()));
  }

  private static boolean prove(Round round) {
    round.move(IncidentTable.Trigger.PROVE);
    round.event(IncidentKind.PROVEN, "", "The whole suite has passed.", "");
    return true;
  }

  // ---- SETTLING, ESCALATED, the end -----------------------------------------------------------

  private static boolean settling(Round round) {
    IncidentView incident = round.incident();
    Optional<ComponentView> badAgain = components(round).filter(Incidents::isBad).findFirst();
    if (badAgain.isPresent() && badAgain.get().getSince().isAfter(incident.getPhaseSince())) {
      return giveUp(
          round,
          badAgain.get().getComponent(),
          badAgain.get().getComponent() + " failed again right after its recovery.",
          "Look at " + badAgain.get().getResource() + ".");
    }
    if (!round.now.isBefore(incident.getPhaseSince().plus(SETTLE_TIMEOUT))) {
      return giveUp(
          round,
          "",
          "Proven, but not seen up"
              + (round.policy.resolution().requireRestorePoint() ? " with a restore point" : "")
              + " within "
              + Wording.span(SETTLE_TIMEOUT)
              + ".",
          "Look at the detectors and the backups of the new resource.");
    }
    if (!allUp(round) || !boundToTheNew(round) || !hasNewRestorePoints(round)) {
      return false;
    }
    for (String name : incident.getComponents()) {
      ComponentView component = round.component(name);
      component.setRecoveredAt(round.now);
      component.setFailedRecoveries(0);
    }
    round.move(IncidentTable.Trigger.SETTLE);
    return true;
  }

  /**
   * The binding may be read after the proof: until then, what observers say is about the old
   * resource, and a lost server that comes back must not end the incident.
   */
  private static boolean boundToTheNew(Round round) {
    return round.incident().getSteps().stream()
        .filter(step -> step.getPhase() == Phase.CUTOVER)
        .allMatch(
            step ->
                Facts.find(step.getFacts(), "resource")
                    .map(round.component(step.getComponent()).getResource()::equals)
                    .orElse(true));
  }

  private static boolean hasNewRestorePoints(Round round) {
    if (!round.policy.resolution().requireRestorePoint()) {
      return true;
    }
    return round.incident().getComponents().stream()
        .allMatch(
            component ->
                round.state.getRestorePoints().stream()
                    .filter(point -> point.getComponent().equals(component))
                    .filter(point -> point.getState() == RestorePointState.AVAILABLE)
                    .anyMatch(point -> point.getTakenAt().isAfter(round.incident().getOpenedAt())));
  }

  private static boolean escalated(Round round) {
    IncidentView incident = round.incident();
    if (mayHeal(round)) {
      return heal(round, "Everything is up again, with no cutover of the pipeline.");
    }
    boolean nothingTried = incident.getSteps().isEmpty();
    if (nothingTried
        && incident.getBlockedReason() == BlockedReason.NOT_A_DISASTER
        && components(round).anyMatch(Incidents::isBad)
        && beyondRestore(round).isEmpty()) {
      incident.setBlockedReason(BlockedReason.NONE);
      incident.setConfirmedAt(round.now);
      round.event(
          IncidentKind.NOTE, "", "The symptom has changed to one that a restore can help.", "");
      round.move(IncidentTable.Trigger.RETRY);
      return true;
    }
    return false;
  }

  private static boolean end(Round round) {
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

  /** Hands over to a person; the incident stays open. */
  static boolean giveUp(Round round, String component, String why, String next) {
    IncidentView incident = round.incident();
    boolean tried = !incident.getSteps().isEmpty();
    if (tried) {
      for (String name : incident.getComponents()) {
        ComponentView view = round.component(name);
        view.setFailedRecoveries(view.getFailedRecoveries() + 1);
      }
    }
    incident.setBlockedReason(tried ? BlockedReason.NONE : BlockedReason.NOT_A_DISASTER);
    round.move(IncidentTable.Trigger.GIVE_UP);
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

  private static boolean allUp(Round round) {
    return components(round).allMatch(view -> view.getConfirmed() == HealthStatus.UP);
  }

  private static Stream<ComponentView> components(Round round) {
    return round.incident().getComponents().stream().map(round::component);
  }

  /** The next moment at which time alone moves the incident. */
  static Optional<Instant> nextDue(IncidentView incident, Policy policy) {
    return switch (incident.getPhase()) {
      case TRIAGE -> Optional.of(incident.getConfirmedAt().plus(policy.detection().restoreAfter()));
      case BLOCKED ->
          Stream.of(Optional.ofNullable(incident.getBlockedUntil()), Steps.nextDue(incident))
              .flatMap(Optional::stream)
              .min(Instant::compareTo);
      case RECOVERING -> Steps.nextDue(incident);
      case SETTLING -> Optional.of(incident.getPhaseSince().plus(SETTLE_TIMEOUT));
      default -> Optional.empty();
    };
  }
}
