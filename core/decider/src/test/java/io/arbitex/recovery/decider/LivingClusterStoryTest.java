package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the cutover of a cluster is told of the old one, and of stores that wait for it. */
class LivingClusterStoryTest {
  private static final String BY_APPROVAL =
      Examples.POLICY.replace("approvalFor: []", "approvalFor: [p0]");

  private static ClusterWorld lost(String policy, String... down) {
    ClusterWorld world = ClusterWorld.calm(policy);
    for (String name : down) {
      world.is(name, HealthStatus.DOWN);
    }
    return world.passes(10);
  }

  private static Map<String, String> parameters(Story story) {
    return Facts.toMap(story.command().getParameters());
  }

  private static void approve(Story story) {
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
  }

  /** Review: whatever lives in the cluster waits for it, so readiness was never asked for. */
  @Test
  void onlyAStoreBesideTheClusterIsWaitedForWithItsReadiness() {
    Story alone = lost(Examples.POLICY, "cluster", "public-health").story.accepted().done();
    assertThat(alone.command().getProcedure()).isEqualTo("cutover.cluster");
    assertThat(parameters(alone)).containsEntry("stores-wait", "");
    Story both = lost(Examples.POLICY, "cluster", "public-health", "postgresql").story;
    both.accepted().done();
    if (both.command().getProcedure().equals("aks.backup")) {
      both.accepted().done();
    }
    assertThat(both.command().getProcedure()).isEqualTo("cutover.cluster");
    assertThat(parameters(both)).containsEntry("stores-wait", "postgresql");
  }

  /** A drill: the database's cutover waited for pods that waited for a volume of a later step. */
  @Test
  void aCutoverIsToldWhichStoresComeAfterIt() {
    Story story =
        lost(Examples.POLICY, "cluster", "public-health", "postgresql", "buffer", "redis").story;
    while (!story.command().getProcedure().equals("cutover.database")) {
      story.accepted().done();
    }
    assertThat(parameters(story)).containsEntry("stores-wait", "buffer,redis");
    while (!story.command().getProcedure().equals("cutover.redis")) {
      story.accepted().done();
    }
    assertThat(parameters(story)).containsEntry("stores-wait", "");
  }

  /** Review: the approval of a plan at P0 switched off every last look at the old cluster. */
  @Test
  void theApprovalOfAPlanIsNoneToStopAClusterThatLives() {
    ClusterWorld world = lost(BY_APPROVAL, "cluster", "public-health");
    Story story = world.story;
    story.accepted().done();
    assertThat(story.command().getProcedure()).isEqualTo("aks.backup");
    approve(story);
    world.passes(2);
    assertThat(story.command().getProcedure()).isEqualTo("cutover.cluster");
    assertThat(parameters(story)).containsEntry("source-may-live", "false");

    story.accepted().failed(FailureCode.NOT_CONFIRMED);
    story.timer(Duration.ofSeconds(2));
    story.decree(ApprovalKind.RETRY, "");
    world.passes(2);
    assertThat(story.command().getAttempt()).isEqualTo(2);
    assertThat(parameters(story))
        .as("it was approved before anybody knew that customers are served")
        .containsEntry("source-may-live", "false");

    story.accepted().failed(FailureCode.NOT_CONFIRMED);
    story.timer(Duration.ofSeconds(2));
    approve(story);
    story.decree(ApprovalKind.RETRY, "");
    world.passes(2);
    assertThat(story.command().getAttempt()).isEqualTo(3);
    assertThat(parameters(story)).as("somebody insists").containsEntry("source-may-live", "true");
  }
}
