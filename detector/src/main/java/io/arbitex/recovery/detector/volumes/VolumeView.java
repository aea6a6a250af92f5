package io.arbitex.recovery.detector.volumes;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A claim and what belongs to it, as the cluster has them at one moment.
 *
 * @param phase of the claim: Pending, Bound, Lost; Terminating when it is being deleted; empty when
 *     there is none
 * @param madeAt when the claim was made
 * @param volumeThere whether the volume that it names is there
 * @param wantedBy pods that are to have it and have not ended
 * @param ready those of them that are ready
 * @param troubles what the cluster said lately of pods that cannot mount it
 * @param used share of it that is used, 0 to 1; empty where nobody says it
 */
record VolumeView(
    Optional<String> phase,
    Instant madeAt,
    boolean volumeThere,
    List<String> wantedBy,
    List<String> ready,
    List<Trouble> troubles,
    OptionalDouble used) {
  VolumeView {
    wantedBy = List.copyOf(wantedBy);
    ready = List.copyOf(ready);
    troubles = List.copyOf(troubles);
  }
}
