package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepView;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A plan with a cluster in it: what requires what, and in which order what is free runs. */
class SeveralStoresStoryTest {
  private static final String PARALLEL = Examples.POLICY + "procedures: {parallel: true}\n";

  private static List<String> requires(ClusterWorld world, String step) {
    return world.story.state.getIncident().getSteps().stream()
        .filter(each -> each.getId().equals(step))
        .map(StepView::getRequires)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aLostClusterIsRestoredFirstAndThenWhatLivedInItWithOneSuiteAtTheEnd() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health");
    Story story = world.story;
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(story.command().getProcedure()).isEqualTo("aks.backup");
    assertThat(story.command().getWorker()).isEqualTo("aks");
    assertThat(story.state.getIncident().getComponents())
        .as("a database stands beside the cluster")
        .containsExactly("cluster", "buffer", "redis");
    assertThat(requires(world, "cluster.restore")).isEmpty();
    assertThat(requires(world, "buffer.restore")).containsExactly("cluster.cutover");
    assertThat(requires(world, "redis.cutover"))
        .containsExactly("redis.restore", "cluster.cutover");

    story.accepted().done();
    assertThat(story.command().getProcedure()).isEqualTo("cutover.cluster");
    story.accepted().done(new Fact("resource", "arbitex-aks-2"));
    story.bound("cluster", "arbitex-aks-2");
    world.is("cluster", HealthStatus.UP);
    assertThat(Facts.toMap(story.command().getParameters()))
        .as("what stands in its place is new, whatever it says of itself")
        .containsEntry("symptom", "DATA_LOST")
        .containsEntry("source-may-live", "true");
    for (int i = 0; i < 4; i++) {
      story.accepted().done();
    }
    assertThat(story.dispatched())
        .containsExactly(
            "cluster.restore",
            "cluster.cutover",
            "buffer.restore",
            "buffer.cutover",
            "redis.restore",
            "redis.cutover",
            "verify");
    world.is("public-health", HealthStatus.UP);
    story.accepted().verdict(CheckStatus.PASS);
    world.passes(4);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
    assertThat(world.passes(10).story.phase()).as("nothing is left over").isEmpty();
  }

  @Test
  void aClusterWhoseBackupCannotBeRestoredIsRebuiltAndCutOverToLikeAnyOther() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health");
    Story story = world.story;
    story.accepted();
    story.failed(FailureCode.NO_RESTORE_POINT);
    assertThat(story.command().getProcedure()).isEqualTo("aks.rebuild");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("source-resource", "arbitex-aks")
        .doesNotContainKeys("restore-point", "exclude-restore-points");
    story.accepted().done(new Fact("empty-claims", "arbitex-cache"));
    assertThat(story.command().getProcedure()).isEqualTo("cutover.cluster");
    assertThat(story.events)
        .as("people hear what is lost")
        .anyMatch(
            event ->
                event.getKind() == IncidentKind.NOTE && event.getText().contains("arbitex-cache"));
  }

  /** Review: a minute of trouble with Azure would have thrown a sound backup away. */
  @Test
  void aBackupThatOnlyCannotBeReachedIsNoReasonToRebuild() {
    Story story = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health").story;
    story.accepted().failed(FailureCode.TARGET_UNREACHABLE);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
  }

  @Test
  void twoRecoveryPointsAreTriedBeforeARebuild() {
    Story story = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health").story;
    story.accepted().failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "b2"));
    assertThat(story.command().getProcedure()).isEqualTo("aks.backup");
    story.accepted().failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "b1"));
    assertThat(story.command().getProcedure()).isEqualTo("aks.rebuild");
  }

  /** Review: the suite was asked to prove a cluster that was only told of, and could not. */
  @Test
  void theSuiteProvesWhatWasRecoveredAndNotWhatWasOnlyToldOf() {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
    world.is("postgresql", HealthStatus.DOWN).is("cluster", HealthStatus.DEGRADED).passes(10);
    Story story = world.story;
    story.accepted().done().accepted().done();
    assertThat(story.state.getIncident().getComponents()).contains("cluster");
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("components", "postgresql");
  }

  @Test
  void everythingAtOnceRunsInTheRunbooksOrderAsFarAsTheClusterLets() {
    ClusterWorld world =
        ClusterWorld.lost(
            Examples.POLICY, "postgresql", "cluster", "public-health", "buffer", "redis");
    Story story = world.story;
    assertThat(story.event(IncidentKind.PLAN_ISSUED).getText())
        .as("whoever approves it reads what comes when")
        .contains(
            "dump → aks.backup → cutover.cluster → cutover.database → pvc.snapshot → cutover.volume"
                + " → redis.cold → cutover.redis → verify.full");
    for (int step = 0; step < 8; step++) {
      story.accepted().done();
    }
    assertThat(story.dispatched())
        .containsExactly(
            "postgresql.restore",
            "cluster.restore",
            "cluster.cutover",
            "postgresql.cutover",
            "buffer.restore",
            "buffer.cutover",
            "redis.restore",
            "redis.cutover",
            "verify");
    assertThat(requires(world, "postgresql.restore")).isEmpty();
    assertThat(requires(world, "postgresql.cutover"))
        .containsExactly("postgresql.restore", "cluster.cutover");
  }

  @Test
  void inParallelRestoresRunSideBySideAndCutoversOneAtATime() {
    Story story =
        ClusterWorld.lost(PARALLEL, "postgresql", "cluster", "public-health", "redis").story;
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "cluster.restore");
    story.ends("postgresql.restore");
    assertThat(story.dispatched()).as("it waits for the cluster").hasSize(2);
    story.ends("cluster.restore").ends("cluster.cutover");
    assertThat(story.dispatched().subList(3, 6))
        .containsExactly("postgresql.cutover", "buffer.restore", "redis.restore");
    story.ends("buffer.restore").ends("redis.restore");
    assertThat(story.dispatched()).doesNotContain("buffer.cutover", "redis.cutover");
    story.ends("postgresql.cutover").ends("buffer.cutover");
    assertThat(story.dispatched()).doesNotContain("verify");
    story.ends("redis.cutover");
    assertThat(story.dispatched()).endsWith("redis.cutover", "verify").hasSize(9);
  }

  @Test
  void aCutoverThatWaitsForApprovalHoldsUpOnlyWhatRequiresIt() {
    ClusterWorld world = ClusterWorld.calm(PARALLEL);
    Story story = world.is("postgresql", HealthStatus.DOWN, Symptom.CORRUPT).passes(4).story;
    world.is("redis", HealthStatus.DOWN).passes(9);
    story.ends("postgresql.restore");
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
    story.ends("redis.restore");
    assertThat(story.dispatched()).endsWith("redis.cutover");
    story.ends("redis.cutover");
    assertThat(story.dispatched()).as("the suite requires both").doesNotContain("verify");
    assertThat(story.kinds()).containsOnlyOnce(IncidentKind.BLOCKED);
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
    assertThat(story.dispatched()).endsWith("postgresql.cutover");
    story.ends("postgresql.cutover");
    assertThat(story.dispatched()).endsWith("verify");
  }

  @Test
  void whatRunsBesideAFailureForGoodIsNotTornDownAndItsResultIsTaken() {
    Story story = ClusterWorld.lost(PARALLEL, "postgresql", "redis").story;
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "redis.restore");
    story.fails("postgresql.restore", FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.commands).noneMatch(command -> command.getKind() == CommandKind.CANCEL);
    story.fails("redis.restore", FailureCode.UNKNOWN);
    assertThat(story.kinds().stream().filter(kind -> kind == IncidentKind.ESCALATED)).hasSize(2);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.dispatched()).endsWith("postgresql.restore", "redis.restore").hasSize(4);
    story.ends("redis.restore");
    assertThat(story.dispatched()).endsWith("redis.cutover");
  }

  @Test
  void aWorkerThatIsNeverHeardOfAfterAnEscalationIsGivenUpToo() {
    Story story = ClusterWorld.lost(PARALLEL, "postgresql", "redis").story;
    story.fails("postgresql.restore", FailureCode.UNKNOWN);
    Instant due = story.decider.nextDue(story.state, story.now.plusSeconds(40)).orElseThrow();
    story.timer(Duration.between(story.now, due));
    assertThat(story.event(IncidentKind.STEP_FAILED).getStepId()).isEqualTo("redis.restore");
  }

  /** Its restore does not need the cluster; whatever touches the workloads does. */
  @Test
  void aClusterThatIsLostWhileADatabaseIsRestoredJoinsThePlanAndNothingIsTornDown() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql", "public-health");
    Story story = world.story;
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    world.is("cluster", HealthStatus.DOWN).passes(4);
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    assertThat(requires(world, "postgresql.cutover")).containsExactly("postgresql.restore");
    story.done();
    assertThat(story.dispatched()).as("its secret is in the cluster").hasSize(1);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.PREFLIGHT_FAILED);
    world.passes(5);
    assertThat(requires(world, "postgresql.cutover"))
        .containsExactly("postgresql.restore", "cluster.cutover");
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "cluster.restore");
    assertThat(story.commands).noneMatch(command -> command.getKind() == CommandKind.CANCEL);
    assertThat(Facts.toMap(story.command().getParameters()).get("bad-since"))
        .as("it was lost later than the database")
        .isGreaterThan(story.state.getIncident().getBadSince().toString());
  }

  /** What was put in place in the cluster that is lost now went with it. */
  @Test
  void whatWasRecoveredInTheOldClusterIsRecoveredOnceMore() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "redis", "postgresql");
    Story story = world.story;
    story.ends("postgresql.restore").ends("postgresql.cutover").bound("postgresql", "spare/db");
    world.is("postgresql", HealthStatus.UP);
    story.ends("redis.restore");
    world.is("cluster", HealthStatus.DOWN).is("public-health", HealthStatus.DOWN).passes(12);
    story.ends("redis.cutover");
    assertThat(story.dispatched()).endsWith("cluster.restore");
    story.ends("cluster.restore").ends("cluster.cutover");
    story.bound("cluster", "arbitex-aks-2");
    world.is("cluster", HealthStatus.UP);
    for (String step : List.of("buffer.restore", "buffer.cutover", "redis.restore")) {
      assertThat(story.dispatched()).endsWith(step);
      story.ends(step);
    }
    assertThat(story.dispatched()).endsWith("redis.restore", "redis.cutover");
    story.ends("redis.cutover");
    assertThat(story.dispatched()).endsWith("verify");
  }

  @Test
  void aClusterThatComesBackIsNotReplacedAndTheDatabaseGoesOn() {
    ClusterWorld world =
        ClusterWorld.lost(Examples.POLICY, "postgresql", "cluster", "public-health");
    Story story = world.story;
    story.ends("postgresql.restore");
    assertThat(story.dispatched()).endsWith("cluster.restore");
    world.is("cluster", HealthStatus.UP).passes(4);
    assertThat(story.commands)
        .filteredOn(command -> command.getKind() == CommandKind.CANCEL)
        .extracting(command -> command.getStepId())
        .containsExactly("cluster.restore");
    assertThat(story.dispatched()).endsWith("postgresql.cutover");
    story.ends("postgresql.cutover");
    assertThat(story.dispatched())
        .as("what lives in the cluster is there still")
        .containsExactly("postgresql.restore", "cluster.restore", "postgresql.cutover", "verify");
  }

  /** Where its workloads live on, a second cluster would serve beside them. */
  @Test
  void aClusterIsNotCutOverToWhenCustomersAreServedAgain() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health");
    world.is("public-health", HealthStatus.UP).passes(4);
    Story story = world.story;
    story.done();
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.NOT_A_DISASTER);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    world.is("public-health", HealthStatus.DOWN).passes(4);
    assertThat(story.dispatched()).endsWith("cluster.cutover");
  }

  /** One hopeless component would have kept a lost database from its restore. */
  @Test
  void aComponentBeyondRestoreIsToldBesideWhatCanBeHelped() {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
    Story story =
        world.is("redis", HealthStatus.DEGRADED, Symptom.PERSISTENCE_FAILED).passes(4).story;
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    world.is("postgresql", HealthStatus.DOWN).passes(10);
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.titles()).contains("redis needs a person, beside the recovery");
    assertThat(story.events)
        .filteredOn(event -> event.getKind() == IncidentKind.NOTE)
        .extracting(IncidentEvent::getComponent)
        .contains("redis");
  }

  @Test
  void theOrderOfWhatIsFreeIsThePolicys() {
    String policy = Examples.POLICY + "storeOrder: [aks, redis, pvc, postgresql]\n";
    Story story = ClusterWorld.lost(policy, "postgresql", "cluster", "public-health").story;
    for (int i = 0; i < 7; i++) {
      story.accepted().done();
    }
    assertThat(story.dispatched())
        .containsExactly(
            "cluster.restore",
            "cluster.cutover",
            "redis.restore",
            "redis.cutover",
            "buffer.restore",
            "buffer.cutover",
            "postgresql.restore",
            "postgresql.cutover");
  }
}
