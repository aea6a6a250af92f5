package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Runbook, section 4, as decisions. */
class RedisStoryTest {
  private static Story calm(String policy) {
    Story story = new Story(Examples.decider(Examples.WITH_REDIS, policy));
    story.allSay("postgresql", HealthStatus.UP, Symptom.NONE, 3);
    return story.allSay("redis", HealthStatus.UP, Symptom.NONE, 3);
  }

  private static Story calm() {
    return calm(Examples.POLICY);
  }

  private static Story timePasses(Story story) {
    for (int i = 0; i < 6; i++) {
      story.allSay("postgresql", HealthStatus.UP, Symptom.NONE, 1);
      story.allSay("redis", HealthStatus.DOWN, story.lastSymptom("redis"), 1);
    }
    return story;
  }

  @Test
  void aRedisThatCameBackEmptyIsRestoredWithoutAPersonAndProvenBeforeItIsOver() {
    Story story = calm();
    story.allSay("redis", HealthStatus.DOWN, Symptom.DATA_LOST, 3);
    assertThat(story.event(IncidentKind.OPENED).getSeverity()).isEqualTo(Severity.P1);
    timePasses(story);
    StepCommand restore = story.command();
    assertThat(restore.getWorker()).isEqualTo("redis");
    assertThat(restore.getProcedure()).isEqualTo("redis.rdb");
    story.accepted().done(new Fact("staged", "/data/.recovery/x"));
    StepCommand cutover = story.command();
    assertThat(cutover.getWorker()).isEqualTo("cutover");
    assertThat(cutover.getProcedure()).isEqualTo("cutover.redis");
    assertThat(cutover.getParameters()).contains(new Fact("staged", "/data/.recovery/x"));
    story.accepted().done(new Fact("resource", "arbitex-redis"));
    story.bound("redis", "arbitex-redis");
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
    story.verdict(CheckStatus.PASS);
    story.allSay("redis", HealthStatus.UP, Symptom.NONE, 3);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
  }

  /** It may have been meant: nothing is put back over a living Redis without a person. */
  @Test
  void aFlushedRedisIsPreparedBesideAndPutBackByApprovalOnly() {
    Story story = calm();
    story.allSay("redis", HealthStatus.DOWN, Symptom.DATA_MISSING, 3);
    timePasses(story).accepted().done();
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
    assertThat(story.command().getProcedure()).isEqualTo("redis.rdb");
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
    assertThat(story.command().getProcedure()).isEqualTo("cutover.redis");
  }

  @Test
  void withoutARestorePointItStartsCold() {
    Story story = calm();
    story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    timePasses(story).accepted().failed(FailureCode.NO_RESTORE_POINT);
    assertThat(story.command().getProcedure()).isEqualTo("redis.cold");
  }

  @Test
  void aFailedSaveIsAP2ThatIsToldAndNeverRestored() {
    Story story = calm();
    story.allSay("redis", HealthStatus.DEGRADED, Symptom.PERSISTENCE_FAILED, 3);
    assertThat(story.event(IncidentKind.OPENED).getSeverity()).isEqualTo(Severity.P2);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.commands).isEmpty();
    assertThat(story.messages).isNotEmpty();
    story.allSay("redis", HealthStatus.UP, Symptom.NONE, 3);
    assertThat(story.kinds()).contains(IncidentKind.SELF_HEALED);
  }

  @Test
  void refusedWritesAreAP1ThatIsEscalatedAtOnce() {
    Story story = calm();
    story.allSay("redis", HealthStatus.DEGRADED, Symptom.WRITES_REFUSED, 3);
    assertThat(story.event(IncidentKind.OPENED).getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.commands).isEmpty();
  }

  /** Review: a component that joined an old incident was restored to that one's begin. */
  @Test
  void aComponentThatJoinsAnIncidentGoesBackToItsOwnLoss() {
    Story story = calm();
    story.restorePoint("rp-1", Duration.ofMinutes(5));
    story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    story.allSay("postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    for (int i = 0; i < 6; i++) {
      story.allSay("postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
      story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    }
    StepCommand restore = story.command();
    assertThat(restore.getProcedure()).isEqualTo("postgresql.dump");
    Instant since = Instant.parse(Facts.toMap(restore.getParameters()).get("bad-since"));
    assertThat(since).isAfter(story.state.getIncident().getBadSince());
  }

  /** A revived cache may hold sessions that the restored database has revoked (design, 7). */
  @Test
  void afterTheDatabaseWasRestoredRedisStartsCold() {
    Story story = calm();
    story.restorePoint("rp-1", Duration.ofMinutes(5));
    story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 2);
    story.allSay("postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    story.timer(Duration.ofSeconds(1));
    for (int i = 0; i < 6; i++) {
      story.allSay("postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
      story.allSay("redis", HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    }
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.accepted().done();
    story.accepted().done();
    assertThat(story.command().getProcedure()).isEqualTo("redis.cold");
  }
}
