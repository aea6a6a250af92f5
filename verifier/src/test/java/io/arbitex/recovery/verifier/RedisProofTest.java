package io.arbitex.recovery.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.redis.RedisFixture;
import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisProofTest {
  private static StepCommand command(Fact... facts) {
    return StepCommand.newBuilder()
        .setCommandId("inc-1/verify/1")
        .setIncidentId("inc-1")
        .setPlatform("lab")
        .setKind(CommandKind.EXECUTE)
        .setStepId("verify")
        .setComponent("")
        .setProcedure("verify.full")
        .setWorker("verifier")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(Instant.EPOCH)
        .setDeadline(Instant.EPOCH)
        .setParameters(List.of(facts))
        .build();
  }

  private static List<CheckStatus> statuses(StepCommand command, Redis settings) {
    return RedisProof.of(command, "redis", settings).stream().map(CheckResult::status).toList();
  }

  /** Facts: {@code loading:0} is also true of an empty start. */
  @Test
  void aRedisThatStartedEmptyIsNotTakenForARestoredOne() throws Exception {
    try (RedisFixture redis = RedisFixture.start()) {
      StepCommand command = command(new Fact("redis.loaded-keys", "300"));
      assertThat(statuses(command, redis.settings())).contains(CheckStatus.FAIL);
      redis.fill(300);
      assertThat(statuses(command, redis.settings())).containsOnly(CheckStatus.PASS);
      redis.kill();
      assertThat(statuses(command, redis.settings())).containsExactly(CheckStatus.FAIL);
    }
  }

  @Test
  void aColdStartIsToldAndPasses() {
    assertThat(
            RedisProof.keyspace(
                    command(new Fact("redis.cold", "true")), "redis", RedisInfo.parse("loading:0"))
                .status())
        .isEqualTo(CheckStatus.PASS);
  }

  @Test
  void withoutAWordOfTheStepsNothingIsProven() {
    assertThat(RedisProof.keyspace(command(), "redis", RedisInfo.parse("loading:0")).status())
        .isEqualTo(CheckStatus.ERROR);
  }

  @Test
  void keysThatExpiredSinceAreNotMissing() {
    RedisInfo info = RedisInfo.parse("loading:0\nexpired_keys:200\ndb0:keys=100,expires=9");
    assertThat(
            RedisProof.keyspace(command(new Fact("redis.loaded-keys", "300")), "redis", info)
                .status())
        .isEqualTo(CheckStatus.PASS);
  }
}
