package io.arbitex.recovery.detector.volumes;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a volume's state means. Lost data is told apart from a volume that somebody else holds, one
 * that is full, and a claim that only waits: none of these three is mended by a restore.
 */
final class VolumeJudge {
  /** How attach controller and Azure's driver say that another node still has the disk. */
  private static final List<String> HELD_ELSEWHERE =
      List.of("multi-attach", "already attached to node");

  /**
   * A disk of a node that was drained or lost comes free within 6 min (maxWaitForUnmountDuration of
   * the attach controller), and a little.
   */
  private static final Duration COMES_FREE = Duration.ofMinutes(7);

  private final String claim;
  private final Duration pendingFor;
  private final double full;

  /**
   * @param pendingFor how long a claim that is wanted may wait for a volume
   * @param full share used from which it counts as full
   */
  VolumeJudge(String claim, Duration pendingFor, double full) {
    this.claim = claim;
    this.pendingFor = pendingFor;
    this.full = full;
  }

  Observation judge(VolumeView view, Instant at) {
    String phase = view.phase().orElse("");
    return switch (phase) {
      case "" -> down(Symptom.UNREACHABLE, "there is no claim " + claim, at);
      case "Lost" -> volumeGone("the claim is Lost: its volume is gone", view, at);
      case "Terminating" ->
          degraded(
              Symptom.UNCLASSIFIED,
              "the claim is being deleted, and goes when "
                  + (view.wantedBy().isEmpty() ? "nobody" : view.wantedBy())
                  + " has it any more",
              at);
      case "Pending" -> pending(view, at);
      case "Bound" -> bound(view, at);
      default -> Observation.unknown("the claim is in the unknown phase " + phase, at);
    };
  }

  private Observation pending(VolumeView view, Instant at) {
    if (view.wantedBy().isEmpty()) {
      // Most classes make a volume for the first pod, not before.
      return Observation.unknown("the claim waits for a first pod", at);
    }
    Duration waiting = Duration.between(view.madeAt(), at);
    return waiting.compareTo(pendingFor) < 0
        ? down(Symptom.STARTING, "the claim waits for a volume", at)
        : down(
            Symptom.UNREACHABLE,
            "the claim has waited for a volume for " + waiting.toSeconds() + " s",
            at);
  }

  private Observation bound(VolumeView view, Instant at) {
    if (!view.volumeThere()) {
      return volumeGone("the claim is bound to a volume that is gone", view, at);
    }
    Optional<Trouble> held = view.troubles().stream().filter(VolumeJudge::isHeld).findFirst();
    if (held.isPresent()) {
      return Duration.between(held.get().since(), at).compareTo(COMES_FREE) < 0
          ? Observation.unknown("it is moving between nodes: " + held.get().text(), at)
          : degraded(Symptom.BUSY, held.get().text(), at);
    }
    Optional<Trouble> trouble = view.troubles().stream().findFirst();
    if (trouble.isPresent()) {
      return view.ready().isEmpty()
          ? down(Symptom.UNREACHABLE, trouble.get().text(), at)
          : degraded(Symptom.UNCLASSIFIED, trouble.get().text(), at);
    }
    if (view.used().isPresent() && view.used().getAsDouble() >= full) {
      return degraded(
          Symptom.DISK_FULL,
          "%.0f %% of it is used".formatted(view.used().getAsDouble() * 100),
          at);
    }
    return Observation.up(at);
  }

  /** While pods are ready with it, the disk is mounted and takes writes: no snapshot is newer. */
  private static Observation volumeGone(String what, VolumeView view, Instant at) {
    return view.ready().isEmpty()
        ? down(Symptom.DATA_LOST, what, at)
        : degraded(
            Symptom.UNCLASSIFIED,
            what + ", but " + view.ready() + " still have its disk; they cannot start again",
            at);
  }

  private static boolean isHeld(Trouble trouble) {
    String text = trouble.text().toLowerCase(Locale.ROOT);
    return HELD_ELSEWHERE.stream().anyMatch(text::contains);
  }

  private static Observation down(Symptom symptom, String detail, Instant at) {
    return new Observation(HealthStatus.DOWN, symptom, detail, at);
  }

  private static Observation degraded(Symptom symptom, String detail, Instant at) {
    return new Observation(HealthStatus.DEGRADED, symptom, detail, at);
  }
}
