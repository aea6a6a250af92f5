package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every command names the cluster that the platform is bound to, as the decider knows it. */
class BoundClusterStoryTest {
  private static ClusterWorld lost(String... down) {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
    for (String name : down) {
      world.is(name, HealthStatus.DOWN);
    }
    return world.passes(10);
  }

  private static Map<String, String> parameters(Story story) {
    return Facts.toMap(story.command().getParameters());
  }

  private static void finishRest(Story story, String cluster) {
    while (!story.command().getProcedure().equals("verify.full")) {
      assertThat(parameters(story))
          .as(story.command().getStepId())
          .containsEntry("cluster-resource", cluster);
      story.accepted().done();
    }
  }

  @Test
  void untilTheCutoverIsDoneCommandsNameTheOldClusterAndFromThenOnTheNewOne() {
    ClusterWorld world = lost("cluster", "public-health");
    Story story = world.story;
    assertThat(story.command().getProcedure()).isEqualTo("aks.backup");
    assertThat(parameters(story)).containsEntry("cluster-resource", "arbitex-aks");
    story.accepted().done();
    assertThat(story.command().getProcedure()).isEqualTo("cutover.cluster");
    assertThat(parameters(story))
        .containsEntry("cluster-resource", "arbitex-aks")
        .doesNotContainKey("cluster-group");

    story.accepted().done(new Fact("resource", "arbitex-aks-2"), new Fact("group", "standby-rg"));
    assertThat(story.command().getStepId()).isEqualTo("buffer.restore");
    assertThat(parameters(story))
        .as("its binding was not read yet")
        .containsEntry("cluster-resource", "arbitex-aks-2")
        .containsEntry("cluster-group", "standby-rg");
    story.bound("cluster", "arbitex-aks-2");
    world.is("cluster", HealthStatus.UP);
    finishRest(story, "arbitex-aks-2");
    assertThat(parameters(story))
        .as("the suite looks into the new one, too")
        .containsEntry("cluster-resource", "arbitex-aks-2")
        .containsEntry("cluster-group", "standby-rg");
  }

  /** Two topics: the binding may be read before the end of the step that published it. */
  @Test
  void aBindingThatIsReadFirstCountsAtOnce() {
    ClusterWorld world = lost("cluster", "public-health");
    Story story = world.story;
    story.accepted().done().accepted().bound("cluster", "arbitex-aks-2");
    world.is("cluster", HealthStatus.UP);
    story.done(new Fact("resource", "arbitex-aks-2"));
    finishRest(story, "arbitex-aks-2");
  }

  /** What a person binds after the cutover is newer than the cutover. */
  @Test
  void aLaterBindingCountsMoreThanTheCutoverOfThisIncident() {
    ClusterWorld world = lost("cluster", "public-health");
    Story story = world.story;
    story.accepted().done().accepted();
    story.done(new Fact("resource", "arbitex-aks-2"), new Fact("group", "standby-rg"));
    story.bound("cluster", "arbitex-aks-2").bound("cluster", "arbitex-aks-3");
    world.is("cluster", HealthStatus.UP);
    story.accepted().done();
    assertThat(parameters(story))
        .containsEntry("cluster-resource", "arbitex-aks-3")
        .doesNotContainKey("cluster-group");
  }

  @Test
  void whatIsLostAfterwardsIsRecoveredInTheNewCluster() {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
    world.story.bound("cluster", "arbitex-aks-2");
    world.passes(4).is("redis", HealthStatus.DOWN).passes(10);
    assertThat(world.story.dispatched()).containsExactly("redis.restore");
    assertThat(parameters(world.story)).containsEntry("cluster-resource", "arbitex-aks-2");
  }

  /**
   * After each cutover of a cluster people were paged for all that lives in it, for some seconds.
   */
  @Test
  void observersThatWereTurningToTheNewClusterPagedPeopleForBlindness() {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
    world.story.bound("cluster", "arbitex-aks-2");
    world.is("redis", HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED).passes(25);
    assertThat(world.story.titles()).noneMatch(title -> title.contains("quorum"));
    world.passes(10);
    assertThat(world.story.titles()).anyMatch(title -> title.contains("quorum"));
  }

  @Test
  void aPlatformWhoseClusterIsNoComponentNamesNone() {
    Story story = Story.calm(Examples.decider(Examples.WITH_REDIS, Examples.POLICY)).restoring();
    assertThat(story.commands).allMatch(command -> command.getKind() == CommandKind.EXECUTE);
    assertThat(parameters(story)).doesNotContainKeys("cluster-resource", "cluster-group");
  }
}
