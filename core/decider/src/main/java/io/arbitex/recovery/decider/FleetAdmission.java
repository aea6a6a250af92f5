package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.AdmissionState;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.IncidentView;
import io.arbitex.recovery.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A platform's side of the fleet's admission: a storm that hits many at once must not start as many
 * recoveries. It asks once, when nothing else stands against its plan, dispatches nothing until it
 * is let in, and gives its place back when nothing of the incident can run by itself any more. The
 * other side: {@link io.arbitex.recovery.decider.fleet.Admission}.
 */
final class FleetAdmission {
  /** An answer takes tens of milliseconds when a place is free; until then nobody hears of it. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(2);

  private FleetAdmission() {}

  /** An answer. One that comes before its request counts for it, as in a replay of another plan. */
  static void take(Round round, FleetEvent event) {
    if (event.getKind() != FleetKind.GRANT
        || event.getNumber() <= round.state.getAdmissionGranted()) {
      return;
    }
    round.state.setAdmissionGranted(event.getNumber());
    IncidentView incident = round.incident();
    if (incident != null && incident.getAdmission() != AdmissionState.NONE) {
      seeWhetherGranted(round);
    }
  }

  /** The guard: asks, and objects until the answer is there. */
  static Optional<Guards.Block> admitted(Round round) {
    IncidentView incident = round.incident();
    if (incident.getAdmission() == AdmissionState.NONE) {
      ask(round);
    }
    // What is half cut over has no customers: it is counted, and does not wait.
    if (incident.getAdmission() == AdmissionState.GRANTED || Steps.mayBeCutOver(incident)) {
      return Optional.empty();
    }
    Policy.Fleet fleet = round.policy.fleet();
    return Guards.block(
        BlockedReason.FLEET_ADMISSION,
        "Asked at %s to be among the platforms that may recover at once (at most %s of all, and at most %d), and not let in yet."
            .formatted(incident.getAdmissionAskedAt(), percent(fleet.share()), fleet.limit()),
        "Recoveries of other platforms that end lift it, first come, first served. `dr status` shows"
            + " who recovers and who waits; if nobody recovers, look at the classifiers.",
        incident.getAdmission() == AdmissionState.OVERDUE
            ? null
            : overdueAt(incident, round.policy));
  }

  private static String percent(double share) {
    return Math.round(share * 1_000) / 10.0 + " %";
  }

  private static void ask(Round round) {
    IncidentView incident = round.incident();
    round.state.setAdmissionRequests(round.state.getAdmissionRequests() + 1);
    incident.setAdmission(AdmissionState.REQUESTED);
    incident.setAdmissionAskedAt(round.now);
    publish(round, FleetKind.REQUEST);
    seeWhetherGranted(round);
  }

  private static void seeWhetherGranted(Round round) {
    if (round.state.getAdmissionGranted() >= round.state.getAdmissionRequests()) {
      round.incident().setAdmission(AdmissionState.GRANTED);
    }
  }

  /** Whether the answer may be on its way: the incident stays as it is, and nobody is told. */
  static boolean isAnsweredSoon(Round round, Guards.Block block) {
    return block.reason() == BlockedReason.FLEET_ADMISSION
        && round.now.isBefore(round.incident().getAdmissionAskedAt().plus(ANSWERED_WITHIN));
  }

  /** Once: it waits for long, and the people who were paged think that it is being recovered. */
  static void sayOverdue(Round round, Guards.Block block) {
    round.incident().setAdmission(AdmissionState.OVERDUE);
    round.incident().setBlockedUntil(null);
    Triage.tellBlocked(round, block, block.text());
  }

  /** What still runs beside an escalation keeps the place until it has ended. */
  static void giveBackWhenEscalated(Round round) {
    IncidentView incident = round.incident();
    if (incident != null
        && incident.getPhase() == IncidentPhase.ESCALATED
        && incident.getSteps().stream().noneMatch(Steps::underWay)) {
      giveBack(round);
    }
  }

  /** Nothing was begun, and something else stands against beginning: others are let in. */
  static void giveBackUnused(Round round, Optional<Guards.Block> block) {
    if (round.incident().getSteps().isEmpty()
        && block.filter(it -> it.reason() != BlockedReason.FLEET_ADMISSION).isPresent()) {
      giveBack(round);
    }
  }

  static void giveBack(Round round) {
    IncidentView incident = round.incident();
    if (incident.getAdmission() != AdmissionState.NONE) {
      incident.setAdmission(AdmissionState.NONE);
      incident.setAdmissionAskedAt(null);
      publish(round, FleetKind.RELEASE);
    }
  }

  private static void publish(Round round, FleetKind kind) {
    String platform = round.state.getPlatform();
    FleetEvent event =
        new FleetEvent(
            round.nextId(),
            platform,
            round.incident().getId(),
            kind,
            round.now,
            round.state.getAdmissionRequests());
    round.publish(Topic.FLEET, platform, event.getId(), event);
  }

  /** When an answer that does not come is told of. */
  static Stream<Instant> due(IncidentView incident, Policy policy) {
    return incident.getAdmission() == AdmissionState.REQUESTED
        ? Stream.of(
            incident.getAdmissionAskedAt().plus(ANSWERED_WITHIN), overdueAt(incident, policy))
        : Stream.empty();
  }

  /** As long as an observer may be silent; not before it is known as blocked. */
  private static Instant overdueAt(IncidentView incident, Policy policy) {
    Duration patience = policy.detection().observerTimeout();
    return incident
        .getAdmissionAskedAt()
        .plus(patience.compareTo(ANSWERED_WITHIN) < 0 ? ANSWERED_WITHIN : patience);
  }
}
