package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** Counts the outcomes of one probe of one run of a container. */
final class ProbeState {
  private final JsonNode probe;
  private Instant next;
  private boolean asked;
  private int successes;
  private int failures;
  private boolean passing;

  /**
   * @param passing what holds before the first outcome
   */
  ProbeState(JsonNode probe, Instant started, boolean passing) {
    this.probe = probe;
    this.passing = passing;
    this.next = started.plusSeconds(probe.path("initialDelaySeconds").asInt(0));
  }

  JsonNode probe() {
    return probe;
  }

  Duration limit() {
    return Duration.ofSeconds(Math.max(1, probe.path("timeoutSeconds").asInt(1)));
  }

  /** Whether it is time to probe; if so, it counts as asked until an outcome comes. */
  synchronized boolean begin(Instant now) {
    if (asked || now.isBefore(next)) {
      return false;
    }
    asked = true;
    next = now.plusSeconds(Math.max(1, probe.path("periodSeconds").asInt(10)));
    return true;
  }

  synchronized void outcome(boolean success) {
    asked = false;
    successes = success ? successes + 1 : 0;
    failures = success ? 0 : failures + 1;
    if (successes >= Math.max(1, probe.path("successThreshold").asInt(1))) {
      passing = true;
    } else if (failures >= Math.max(1, probe.path("failureThreshold").asInt(3))) {
      passing = false;
    }
  }

  synchronized boolean isPassing() {
    return passing;
  }

  /** Whether it has failed as often as the threshold says. */
  synchronized boolean hasFailed() {
    return failures >= Math.max(1, probe.path("failureThreshold").asInt(3));
  }
}
