package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.redis.RedisDoor;
import io.arbitex.recovery.checks.redis.RedisErrors;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.record.StepCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a Redis serves and has what was restored into it (runbook, section 4: {@code INFO
 * keyspace}). An empty start also says {@code loading:0}, so the keys are counted against what the
 * restored file held; keys whose time was over since count as there.
 */
final class RedisProof {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final String KEY = "recovery:verifier";

  private RedisProof() {}

  /**
   * Looks.
   *
   * @param component its name, which the facts of its steps have before theirs
   */
  static List<CheckResult> of(StepCommand command, String component, Redis settings) {
    try (RedisDoor door = new RedisDoor(settings, ANSWER);
        RedisDoor.Session session = door.open()) {
      session.ping();
      RedisInfo info = session.info();
      List<CheckResult> results = new ArrayList<>();
      results.add(keyspace(command, component, info));
      results.add(persistence(info));
      session.write(KEY, command.getIncidentId(), LIFE);
      results.add(CheckResult.of("redis-writes", true, "a key can be written", "written"));
      return results;
    } catch (IOException e) {
      return List.of(
          CheckResult.error(
              "redis", "a password that can be read", String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      RedisErrors.Diagnosis diagnosis = RedisErrors.diagnose(e);
      return List.of(
          CheckResult.of(
              "redis",
              false,
              "PING, INFO and SET",
              diagnosis.symptom() + ": " + diagnosis.message()));
    }
  }

  static CheckResult keyspace(StepCommand command, String component, RedisInfo info) {
    if (info.number("loading").orElse(0) != 0) {
      return CheckResult.of("redis-keyspace", false, "loading:0", "it is loading its data");
    }
    if (Suite.parameter(command, component + ".cold").isPresent()) {
      return CheckResult.of("redis-keyspace", true, "a cold start", info.keys() + " keys");
    }
    Optional<Long> expected =
        Suite.parameter(command, component + ".loaded-keys").flatMap(RedisProof::number);
    if (expected.isEmpty()) {
      return CheckResult.error(
          "redis-keyspace", "the number of keys that were restored", "no step has told it");
    }
    // What is restored counts keys that were over when they were loaded, too.
    long gone = info.goneByThemselves() + info.number("rdb_last_load_keys_expired").orElse(0);
    return CheckResult.of(
        "redis-keyspace",
        info.keys() + gone >= expected.get(),
        "at least " + expected.get() + " keys",
        info.keys() + " keys, " + gone + " gone by themselves");
  }

  private static CheckResult persistence(RedisInfo info) {
    String expected = "saves and AOF without an error";
    Optional<String> failure = info.persistenceFailure();
    return CheckResult.of("redis-persistence", failure.isEmpty(), expected, failure.orElse("ok"));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
