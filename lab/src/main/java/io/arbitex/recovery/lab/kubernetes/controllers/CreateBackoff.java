package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When a workload whose pod was refused tries again: after 1 s, then after twice as long each time,
 * 30 s at most; at once when its specification has changed. Nothing tells it that what it was
 * refused for is no longer so, a quota for instance. Real controllers double from 5 ms to 1000 s.
 */
final class CreateBackoff {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(30);

  private record Refusal(long generation, Duration pause, Instant nextTry, String message) {}

  private final Clock clock;
  private final Map<String, Refusal> refusals = new HashMap<>();

  CreateBackoff(Clock clock) {
    this.clock = clock;
  }

  /** Whether this workload may try to make a pod now. */
  boolean isDue(JsonNode workload) {
    Refusal last = refusals.get(Meta.uid(workload));
    return last == null
        || last.generation() != Meta.generation(workload)
        || !clock.instant().isBefore(last.nextTry());
  }

  /** A pod was refused. */
  void refused(JsonNode workload, String message) {
    Refusal last = refusals.get(Meta.uid(workload));
    Duration pause = FIRST;
    if (last != null && last.generation() == Meta.generation(workload)) {
      Duration twice = last.pause().multipliedBy(2);
      pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
    refusals.put(
        Meta.uid(workload),
        new Refusal(Meta.generation(workload), pause, clock.instant().plus(pause), message));
  }

  /** A pod was made, or none is missing any more. */
  void settled(JsonNode workload) {
    refusals.remove(Meta.uid(workload));
  }

  /** Why its last try was refused; empty when it was not. */
  Optional<String> refusal(JsonNode workload) {
    return Optional.ofNullable(refusals.get(Meta.uid(workload))).map(Refusal::message);
  }

  /** Forgets all but these, by uid: the others are gone. */
  void keepOnly(Set<String> uids) {
    refusals.keySet().retainAll(uids);
  }
}
