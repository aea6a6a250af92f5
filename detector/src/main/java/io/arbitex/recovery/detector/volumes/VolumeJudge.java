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
  /** Another node still has the disk: it may come free, or somebody must look. */
  private static final String HELD_ELSEWHERE = "multi-attach";

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
      case "Lost" -> down(Symptom.DATA_LOST, "the claim is Lost: its volume is gone", at);
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
      return down(Symptom.DATA_LOST, "the claim is bound to a volume that is gone", at);
    }
    Optional<String> trouble = trouble(view.troubles());
    if (trouble.isPresent() && view.ready().size() < view.wantedBy().size()) {
      if (trouble.get().toLowerCase(Locale.ROOT).contains(HELD_ELSEWHERE)) {
        return degraded(Symptom.BUSY, trouble.get(), at);
      }
      return view.ready().isEmpty()
          ? down(Symptom.UNREACHABLE, trouble.get(), at)
          : degraded(Symptom.UNCLASSIFIED, trouble.get(), at);
    }
    if (view.used().isPresent() && view.used().getAsDouble() >= full) {
      return degraded(
          Symptom.DISK_FULL,
          "%.0f %% of it is used".formatted(view.used().getAsDouble() * 100),
          at);
    }
    return Observation.up(at);
  }

  /** One that says that the disk is elsewhere explains the others. */
  private static Optional<String> trouble(List<String> troubles) {
    return troubles.stream()
        .filter(each -> each.toLowerCase(Locale.ROOT).contains(HELD_ELSEWHERE))
        .findFirst()
        .or(() -> troubles.stream().findFirst());
  }

  private static Observation down(Symptom symptom, String detail, Instant at) {
    return new Observation(HealthStatus.DOWN, symptom, detail, at);
  }

  private static Observation degraded(Symptom symptom, String detail, Instant at) {
    return new Observation(HealthStatus.DEGRADED, symptom, detail, at);
  }
}
