package io.arbitex.recovery.detector;

import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.checks.redis.RedisErrors;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects, pings, reads INFO and writes a key of its own, each under a limit: what refuses writes
 * is worse than what fails to save, and a server that answers may have lost what it had.
 */
final class RedisProbe {
  /** The key is gone soon when nobody observes any more. */
  private static final Duration LIFE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(RedisProbe.class);

  private final String key;
  private final RedisDoor door;
  private final KeyspaceMemory memory;
  private volatile long lookedIn;

  /**
   * @param observer names the key that is written: {@code recovery:probe:<observer>}
   */
  RedisProbe(String observer, RedisDoor door, KeyspaceMemory memory) {
    this.key = "recovery:probe:" + observer;
    this.door = door;
    this.memory = memory;
  }

  /**
   * Looks at what is bound in that epoch. What was known of the resource of an earlier one counts
   * for nothing: a recovery may give back fewer keys.
   *
   * @param since when it was bound
   */
  Probe ofEpoch(long epoch, Instant since) {
    return at -> {
      if (lookedIn != epoch) {
        memory.startAnew(since);
        lookedIn = epoch;
      }
      return look(at);
    };
  }

  /**
   * Loads what a first connection needs, so that the first look is not late by its own fault and
   * told as one of the server. What comes of it says nothing.
   */
  void warmUp() {
    try (RedisDoor.Session session = door.open()) {
      session.ping();
    } catch (IOException | RuntimeException e) {
      log.debug("before the first look", e);
    }
  }

  private Observation look(Instant at) {
    try (RedisDoor.Session session = door.open()) {
      session.ping();
      RedisInfo info = session.info();
      if (info.number("loading").orElse(0) != 0) {
        return down(Symptom.STARTING, "it is loading its data", at);
      }
      // Before the write: one that came back empty may refuse writes too, which is the lesser.
      Optional<KeyspaceMemory.Finding> missing = memory.judge(info, at);
      if (missing.isPresent()) {
        return down(missing.get().symptom(), missing.get().detail(), at);
      }
      session.write(key, at.toString(), LIFE);
      return info.persistenceFailure()
          .map(why -> new Observation(HealthStatus.DEGRADED, Symptom.PERSISTENCE_FAILED, why, at))
          .orElse(Observation.up(at));
    } catch (IOException e) {
      return Observation.unknown("the observer cannot read its own credentials: " + e, at);
    } catch (RuntimeException e) {
      RedisErrors.Diagnosis diagnosis = RedisErrors.diagnose(e);
      return new Observation(
          status(diagnosis.symptom()), diagnosis.symptom(), diagnosis.message(), at);
    }
  }

  private static Observation down(Symptom symptom, String detail, Instant at) {
    return new Observation(HealthStatus.DOWN, symptom, detail, at);
  }

  /** What cannot be reached or does not answer is down; what answers but refuses is degraded. */
  private static HealthStatus status(Symptom symptom) {
    return switch (symptom) {
      case UNREACHABLE, HUNG, STARTING -> HealthStatus.DOWN;
      default -> HealthStatus.DEGRADED;
    };
  }
}
