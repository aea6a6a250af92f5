package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several stores in one incident: what one of them comes to is not laid on the others. */
class StoresBesideEachOtherStoryTest {
  private static final String PARALLEL = Examples.POLICY + "procedures: {parallel: true}\n";

  private static void bothAreUp(ClusterWorld world) {
    world.is("postgresql", HealthStatus.UP).is("redis", HealthStatus.UP).passes(4);
  }

  // ---- sound after all ------------------------------------------------------------------------

  @Test
  void aStoreThatIsFoundSoundDoesNotKeepTheOthersFromTheirRecovery() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis");
    Story story = world.story;
    story.fails("postgresql.restore", FailureCode.SOURCE_SOUND);
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "redis.restore");
    assertThat(story.kinds()).doesNotContain(IncidentKind.BLOCKED);
    assertThat(story.titles()).contains("postgresql is sound, beside the recovery");
    story.ends("redis.restore").ends("redis.cutover");
    assertThat(Facts.toMap(story.command().getParameters()))
        .as("of the database nothing was restored that could be compared")
        .containsEntry("components", "redis");
    story.accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
    assertThat(story.view("postgresql").getRecoveredAt())
        .as("no cooldown for what was not recovered")
        .isNull();
    assertThat(story.view("redis").getRecoveredAt()).isNotNull();
  }

  @Test
  void aStoreThatIsFoundSoundBehindTheCutoverOfAnotherIsNotRestoredByTheNextProcedure() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis");
    Story story = world.story;
    story.ends("postgresql.restore");
    story.step(
        StepTransition.ACTION_DONE, "start", null, new Fact("point-of-no-return", "it writes"));
    story.ends("postgresql.cutover");
    story.fails("redis.restore", FailureCode.SOURCE_SOUND);
    assertThat(story.dispatched())
        .containsExactly("postgresql.restore", "postgresql.cutover", "redis.restore", "verify");
    story.accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.kinds())
        .contains(IncidentKind.RESOLVED)
        .doesNotContain(IncidentKind.ESCALATED);
  }

  @Test
  void aStoreThatIsFoundSoundAtItsCutoverIsLeftAsItIsAndTheOthersGoOn() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis");
    Story story = world.story;
    story.ends("postgresql.restore").fails("postgresql.cutover", FailureCode.SOURCE_SOUND);
    story.ends("redis.restore").ends("redis.cutover");
    assertThat(Facts.toMap(story.command().getParameters()))
        .as("what was restored beside is not in use")
        .containsEntry("components", "redis");
    story.accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
    assertThat(story.view("postgresql").getRecoveredAt()).isNull();
  }

  /** Review: the healthy stores in a cluster that was back would have been restored. */
  @Test
  void aClusterThatIsFoundSoundHoldsUpWhatWouldHaveGoneWithIt() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "cluster", "public-health");
    Story story = world.story;
    story.ends("cluster.restore").fails("cluster.cutover", FailureCode.SOURCE_SOUND);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.SOURCE_SOUND);
    world.is("cluster", HealthStatus.UP).passes(12);
    assertThat(story.dispatched()).containsExactly("cluster.restore", "cluster.cutover");
  }

  /** Review: what it took between its first restore and its loss would have been given up. */
  @Test
  void aStoreThatWasFoundSoundAndIsLostLaterIsRestoredAnewAndNotFromItsOldRestore() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis");
    Story story = world.story;
    String first = Facts.toMap(story.command().getParameters()).get("bad-since");
    story.ends("postgresql.restore").fails("postgresql.cutover", FailureCode.SOURCE_SOUND);
    world.is("postgresql", HealthStatus.UP).passes(4);
    world.is("postgresql", HealthStatus.DOWN).passes(6);
    story.fails("redis.restore", FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.dispatched()).contains("postgresql.restore").endsWith("postgresql.restore");
    assertThat(Facts.toMap(story.command().getParameters()).get("bad-since")).isGreaterThan(first);
  }

  @Test
  void whereAllAreFoundSoundItEndsByItselfWhenTheyAreSeenUp() {
    ClusterWorld world = ClusterWorld.lost(PARALLEL, "postgresql", "redis");
    Story story = world.story;
    story.fails("postgresql.restore", FailureCode.SOURCE_SOUND);
    story.fails("redis.restore", FailureCode.SOURCE_SOUND);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.SOURCE_SOUND);
    bothAreUp(world);
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  @Test
  void aStoreThatWasFoundSoundAloneHoldsNothingUpWhenAnotherFails() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql");
    Story story = world.story;
    story.fails("postgresql.restore", FailureCode.SOURCE_SOUND);
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    world.is("redis", HealthStatus.DOWN).passes(10);
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "redis.restore");
    assertThat(story.kinds()).doesNotContain(IncidentKind.ESCALATED);
  }

  /** What was sound in the old cluster is not in the new one. */
  @Test
  void aStoreThatWasFoundSoundIsRestoredWithTheClusterThatIsLostAfterwards() {
    ClusterWorld world = ClusterWorld.lost(PARALLEL, "postgresql", "redis");
    Story story = world.story;
    story.fails("redis.restore", FailureCode.SOURCE_SOUND);
    world.is("cluster", HealthStatus.DOWN).is("public-health", HealthStatus.DOWN).passes(12);
    assertThat(story.dispatched())
        .containsExactly("postgresql.restore", "redis.restore", "cluster.restore");
    story.ends("cluster.restore").ends("cluster.cutover");
    story.bound("cluster", "arbitex-aks-2");
    assertThat(story.dispatched().subList(4, story.dispatched().size()))
        .contains("redis.restore", "buffer.restore");
  }

  /** It holds for the cluster that is lost, and for nothing else. */
  @Test
  void aStoreThatIsFoundSoundInAClusterThatIsLostIsRestoredInTheNewOne() {
    ClusterWorld world = ClusterWorld.lost(PARALLEL, "postgresql", "redis");
    Story story = world.story;
    world.is("cluster", HealthStatus.DOWN).is("public-health", HealthStatus.DOWN).passes(12);
    story.fails("redis.restore", FailureCode.SOURCE_SOUND);
    assertThat(story.kinds()).doesNotContain(IncidentKind.BLOCKED);
    story.ends("cluster.restore").ends("cluster.cutover");
    story.bound("cluster", "arbitex-aks-2");
    assertThat(story.dispatched().subList(4, story.dispatched().size()))
        .contains("redis.restore", "buffer.restore");
  }

  // ---- joining a plan that runs ---------------------------------------------------------------

  @Test
  void aStoreThatFailsDuringARecoveryMayHealByItselfLikeAnyOther() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql");
    Story story = world.story;
    world.is("redis", HealthStatus.DOWN).passes(6);
    assertThat(story.kinds()).contains(IncidentKind.COMPONENT_JOINED);
    world.is("redis", HealthStatus.UP).passes(10);
    story.ends("postgresql.restore").ends("postgresql.cutover");
    assertThat(story.dispatched())
        .containsExactly("postgresql.restore", "postgresql.cutover", "verify");
    story.accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
  }

  @Test
  void aStoreThatStaysAwayIsRecoveredAlthoughTheRestOfThePlanHasEndedMeanwhile() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql");
    Story story = world.story;
    story.ends("postgresql.restore").ends("postgresql.cutover");
    world.is("postgresql", HealthStatus.UP).is("redis", HealthStatus.DOWN).passes(4);
    story.accepted().verdict(CheckStatus.PASS);
    assertThat(story.kinds()).doesNotContain(IncidentKind.PROVEN);
    world.passes(6);
    assertThat(story.dispatched()).endsWith("verify", "redis.restore");
    story.ends("redis.restore").ends("redis.cutover");
    assertThat(story.dispatched()).as("one suite proves both").endsWith("verify");
    story.accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.kinds()).contains(IncidentKind.RESOLVED);
  }

  /** Without a word from anybody: the end of its time must not need an observer. */
  @Test
  void timeAloneLetsAStoreJoin() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "postgresql");
    Story story = world.story;
    story.ends("postgresql.restore").ends("postgresql.cutover");
    world.is("redis", HealthStatus.DOWN).passes(4);
    story.accepted().verdict(CheckStatus.PASS);
    for (int i = 0; i < 20 && !story.dispatched().contains("redis.restore"); i++) {
      story.timer(Duration.between(story.now, story.state.getDueAt()));
    }
    assertThat(story.dispatched()).endsWith("redis.restore");
  }

  @Test
  void aStoreThatWasRecoveredAShortTimeAgoJoinsOnlyWhenAPersonSaysSo() {
    ClusterWorld world = ClusterWorld.lost(Examples.POLICY, "redis");
    Story story = world.story;
    story.ends("redis.restore").ends("redis.cutover").accepted().verdict(CheckStatus.PASS);
    bothAreUp(world);
    assertThat(story.phase()).isEmpty();
    int before = story.commands.size();

    world.is("postgresql", HealthStatus.DOWN).passes(10);
    world.is("redis", HealthStatus.DOWN).passes(10);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.COOLDOWN);
    story.ends("postgresql.restore").ends("postgresql.cutover");
    story.accepted().verdict(CheckStatus.PASS);
    assertThat(story.dispatched().subList(before, story.dispatched().size()))
        .as("the database does not wait for it")
        .containsExactly("postgresql.restore", "postgresql.cutover", "verify");
    world.is("postgresql", HealthStatus.UP).passes(4);
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.dispatched()).endsWith("redis.restore");
  }

  // ---- what counts as failed ------------------------------------------------------------------

  private static List<Integer> failures(Story story) {
    return List.of(
        story.view("postgresql").getFailedRecoveries(), story.view("redis").getFailedRecoveries());
  }

  @Test
  void aStoreThatWasNeverTriedIsNotChargedWithTheFailureOfAnother() {
    Story story = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis").story;
    story.fails("postgresql.restore", FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(failures(story)).containsExactly(1, 0);
  }

  @Test
  void whatFailsBesideAnEscalationIsChargedToo() {
    Story story = ClusterWorld.lost(PARALLEL, "postgresql", "redis").story;
    story.fails("postgresql.restore", FailureCode.UNKNOWN);
    story.fails("redis.restore", FailureCode.UNKNOWN);
    assertThat(failures(story)).containsExactly(1, 1);
  }

  @Test
  void aSuiteThatFailsChargesWhatItNames() {
    Story story = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis").story;
    for (String step :
        List.of("postgresql.restore", "postgresql.cutover", "redis.restore", "redis.cutover")) {
      story.ends(step);
    }
    story.accepted().verdict(CheckStatus.FAIL, List.of("redis"));
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(failures(story)).containsExactly(0, 1);
    story.decree(ApprovalKind.RETRY, "").accepted().verdict(CheckStatus.FAIL);
    assertThat(failures(story)).as("all that it proved, where it names none").containsExactly(1, 2);
  }

  @Test
  void whatAPersonRejectsHasNotFailed() {
    Story story = ClusterWorld.lost(Examples.POLICY, "postgresql", "redis").story;
    story.decree(ApprovalKind.REJECT, "");
    assertThat(story.commands).anyMatch(command -> command.getKind() == CommandKind.CANCEL);
    assertThat(failures(story)).containsExactly(0, 0);
  }
}
