package io.arbitex.recovery.detector;

import io.arbitex.recovery.record.HealthStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * Observations in a row of the same status, and whether the newest one is worth telling: a change
 * always, the first ones of a streak (the classifier counts them), and then a heartbeat.
 */
final class Streak {
  /** More in a row than any policy asks for (Policy.Detection allows 100). */
  private static final int TOLD_ONE_BY_ONE = 100;

  private final Duration heartbeat;
  private Observation newest;
  private int consecutive;
  private Instant badSince;
  private Instant toldAt;

  Streak(Duration heartbeat) {
    this.heartbeat = heartbeat;
  }

  /** Takes an observation in; true when it is to be told. */
  boolean add(Observation observation) {
    boolean changed =
        newest == null
            || newest.status() != observation.status()
            || newest.symptom() != observation.symptom();
    boolean sameStatus = newest != null && newest.status() == observation.status();
    consecutive = sameStatus ? consecutive + 1 : 1;
    if (isBad(observation)) {
      badSince = badSince == null ? observation.at() : badSince;
    } else if (observation.status() == HealthStatus.UP) {
      badSince = null;
    }
    newest = observation;
    boolean tell =
        changed
            || consecutive <= TOLD_ONE_BY_ONE
            || !observation.at().isBefore(toldAt.plus(heartbeat));
    if (tell) {
      toldAt = observation.at();
    }
    return tell;
  }

  private static boolean isBad(Observation observation) {
    return observation.status() == HealthStatus.DOWN
        || observation.status() == HealthStatus.DEGRADED;
  }

  int consecutive() {
    return consecutive;
  }

  /** First bad observation of this run of bad ones; null while good. */
  Instant badSince() {
    return badSince;
  }
}
