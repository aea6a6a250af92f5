package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * When a workload whose pod was refused tries again: after 1 s, then after twice as long each time,
 * 30 s at most; at once when anybody has changed it, if only an annotation. Nothing tells it that
 * what it was refused for is no longer so, a quota for instance. Real controllers double from 5 ms
 * to 1000 s.
 */
final class CreateBackoff {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(30);

  private record Refusal(int state, Duration pause, Instant nextTry, String message) {}

  private final Clock clock;
  private final Map<String, Refusal> refusals = new HashMap<>();

  CreateBackoff(Clock clock) {
    this.clock = clock;
  }

  /** Whether this workload may try to make a pod now. */
  boolean isDue(JsonNode workload) {
    Refusal last = refusals.get(Meta.uid(workload));
    return last == null
        || last.state() != state(workload)
        || !clock.instant().isBefore(last.nextTry());
  }

  /** A pod was refused. */
  void refused(JsonNode workload, String message) {
    Refusal last = refusals.get(Meta.uid(workload));
    Duration pause = FIRST;
    if (last != null && last.state() == state(workload)) {
      Duration twice = last.pause().multipliedBy(2);
      pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
    refusals.put(
        Meta.uid(workload),
        new Refusal(state(workload), pause, clock.instant().plus(pause), message));
  }

  /** What others than its own controller can change of it. */
  private static int state(JsonNode workload) {
    ObjectNode metadata = workload.path("metadata").deepCopy();
    metadata.remove(List.of("resourceVersion", "managedFields"));
    return Objects.hash(metadata, workload.path("spec"));
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
