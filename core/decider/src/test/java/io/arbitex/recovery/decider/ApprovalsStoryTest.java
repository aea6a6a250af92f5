package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What waits for a person since the severity asks for it, and what the person has agreed to. */
class ApprovalsStoryTest {
  private static final String BY_APPROVAL =
      Examples.POLICY.replace("approvalFor: []", "approvalFor: [p0]");

  private static Story bothLost() {
    return ClusterWorld.lost(BY_APPROVAL, "postgresql", "redis").story;
  }

  private static void approve(Story story) {
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
  }

  private static String mayLive(Story story) {
    return Facts.toMap(story.command().getParameters()).get("source-may-live");
  }

  @Test
  void restoresRunAndTheFirstCutoverWaits() {
    Story story = bothLost().accepted().done();
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
    approve(story);
    assertThat(story.dispatched()).endsWith("postgresql.cutover");
  }

  /** Review: who approved a P0 had every source replaced that had come back meanwhile. */
  @Test
  void anApprovalThatTheSeverityAskedForSaidThatLivingSourcesMayBeLeft() {
    Story story = bothLost().accepted().done();
    approve(story);
    assertThat(mayLive(story)).isEqualTo("false");
    story.accepted().done().accepted().done();
    assertThat(story.command().getStepId()).isEqualTo("redis.cutover");
    assertThat(mayLive(story)).isEqualTo("false");

    story.failed(FailureCode.NOT_CONFIRMED);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    approve(story);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.command().getStepId()).isEqualTo("redis.cutover");
    assertThat(mayLive(story))
        .as("agreed to after the worker had found it alive")
        .isEqualTo("true");
  }

  /** Review: a Redis that was away for seconds made a database wait for a person all night. */
  @Test
  void aStoreThatWasAwayForAMomentMadeTheOnlyCutoverOfAnotherWait() {
    ClusterWorld world = ClusterWorld.calm(BY_APPROVAL);
    // Without its database no customer is served, either: that says nothing of another store.
    world.is("postgresql", HealthStatus.DOWN).is("public-health", HealthStatus.DOWN);
    world.is("redis", HealthStatus.DOWN).passes(4);
    Story story = world.is("redis", HealthStatus.UP).passes(8).story;
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    story.ends("postgresql.restore");
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "postgresql.cutover");
  }

  /** Review: with one store set aside the plan had one left, and its approval covered it alive. */
  @Test
  void aStoreThatWasSetAsideLetTheApprovalCoverALivingSource() {
    Story story = bothLost().accepted().done();
    approve(story);
    story.accepted().failed(FailureCode.SOURCE_SOUND);
    while (!story.command().getStepId().equals("redis.cutover")) {
      story.accepted().done();
    }
    assertThat(mayLive(story)).isEqualTo("false");
  }

  /** Review: a second store that may not be planned yet was taken for one that had come back. */
  @Test
  void aSecondStoreThatIsStillDownWithoutAPlanKeepsItAP0() {
    ClusterWorld world = ClusterWorld.calm(BY_APPROVAL);
    Story story = world.is("postgresql", HealthStatus.DOWN).passes(9).story;
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    world.is("redis", HealthStatus.DOWN).passes(4);
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    story.ends("postgresql.restore");
    assertThat(story.dispatched()).doesNotContain("postgresql.cutover");
  }

  /** Review: one that had run out before was alive again behind the point of no return. */
  @Test
  void anApprovalThatHadRunOutBeforeThePointOfNoReturnCountsForNothingAfterIt() {
    String shortly = BY_APPROVAL.replace("[p0]", "[p0], approvalValidFor: 1m");
    Story story = ClusterWorld.lost(shortly, "postgresql", "redis").story.accepted().done();
    approve(story);
    story.accepted().later(Duration.ofMinutes(2));
    story.step(
        StepTransition.ACTION_DONE,
        "switch-secret",
        null,
        new Fact("point-of-no-return", "the secret is switched"));
    story.done(new Fact("resource", "spare/db")).accepted().done();
    assertThat(story.dispatched()).endsWith("redis.restore");
  }

  /** Review: it ran out between two cutovers, and the platform stood half moved. */
  @Test
  void anApprovalRanOutBehindThePointOfNoReturn() {
    Story story = bothLost().accepted().done();
    approve(story);
    story
        .accepted()
        .step(
            StepTransition.ACTION_DONE,
            "switch-secret",
            null,
            new Fact("point-of-no-return", "the secret is switched"))
        .done(new Fact("resource", "spare/db"));
    assertThat(story.dispatched()).endsWith("redis.restore");
    story.accepted().later(Duration.ofHours(2)).done();
    assertThat(story.dispatched()).endsWith("redis.cutover");
  }
}
