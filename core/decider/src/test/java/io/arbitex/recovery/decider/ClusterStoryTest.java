package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runbook, section 2: when a cluster that does not answer is a disaster, and when it is not. */
class ClusterStoryTest {
  private final ClusterWorld world = ClusterWorld.calm(Examples.POLICY);
  private final Story story = world.story;

  private Severity severity() {
    return story.state.getIncident().getSeverity();
  }

  @Test
  void aClusterWhoseApiIsAwayWhileCustomersAreServedIsToldAndNothingIsPlanned() {
    world.is("cluster", HealthStatus.DOWN).passes(60);
    assertThat(severity()).isEqualTo(Severity.P2);
    assertThat(story.commands).isEmpty();
    assertThat(story.kinds()).doesNotContain(IncidentKind.PLAN_ISSUED);
    assertThat(story.channels()).isNotEmpty().containsOnly("slack");
    assertThat(story.event(IncidentKind.OPENED).getText())
        .contains("while customers are served", "nothing is restored");
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    world.is("cluster", HealthStatus.UP).passes(4);
    assertThat(story.phase()).isEmpty();
  }

  @Test
  void whenThePublicHealthGoesDownAsWellTheSameIncidentRisesIsPagedAndPlanned() {
    world.is("cluster", HealthStatus.DOWN).passes(120);
    world.is("public-health", HealthStatus.DOWN).passes(4);
    assertThat(severity()).isEqualTo(Severity.P0);
    assertThat(story.channels()).contains("pager");
    assertThat(story.commands).as("a restart may heal it").isEmpty();
    world.passes(6);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(story.kinds()).containsOnlyOnce(IncidentKind.OPENED);
    assertThat(story.state.getIncident().getBadSince())
        .as("the outage began with the public health, not with the API two minutes before")
        .isAfter(story.state.getIncident().getOpenedAt().plusSeconds(100));
  }

  @Test
  void inTheOtherOrderItIsTheSame() {
    world.is("public-health", HealthStatus.DOWN).passes(20);
    assertThat(severity()).isEqualTo(Severity.P0);
    assertThat(story.commands).isEmpty();
    world.is("cluster", HealthStatus.DOWN).passes(10);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(story.kinds()).containsOnlyOnce(IncidentKind.OPENED);
  }

  @Test
  void thePublicHealthAloneIsPagedWithWhatToLookAtAndHasNoProcedure() {
    world.is("public-health", HealthStatus.DOWN).passes(4);
    assertThat(story.phase()).as("what explains it may be confirmed a moment later").isEmpty();
    world.passes(5);
    assertThat(severity()).isEqualTo(Severity.P0);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.channels()).contains("pager");
    assertThat(story.event(IncidentKind.ESCALATED).getNext()).contains("DNS", "ingress");
    assertThat(story.commands).isEmpty();
    world.passes(60).is("public-health", HealthStatus.UP).passes(4);
    assertThat(story.phase()).isEmpty();
  }

  @Test
  void aFailedStoreExplainsThePublicHealth() {
    world.is("public-health", HealthStatus.DOWN).passes(3);
    world.is("postgresql", HealthStatus.DOWN).passes(30);
    assertThat(severity()).isEqualTo(Severity.P1);
    assertThat(story.state.getIncident().getComponents()).containsExactly("postgresql");
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
  }

  @Test
  void aStoreThatIsBackAMomentBeforeThePublicHealthIsNoNewOutage() {
    world.is("public-health", HealthStatus.DOWN).is("postgresql", HealthStatus.DOWN).passes(4);
    world.is("postgresql", HealthStatus.UP).passes(4);
    world.is("public-health", HealthStatus.UP).passes(10);
    assertThat(story.kinds()).containsOnlyOnce(IncidentKind.OPENED);
    assertThat(story.phase()).isEmpty();
  }

  @Test
  void whileNobodyCanSayHowCustomersAreServedNothingIsDone() {
    world.isUnheard("public-health").passes(40);
    world.is("cluster", HealthStatus.DOWN).passes(10);
    assertThat(story.commands).isEmpty();
    assertThat(severity()).as("a person must look").isEqualTo(Severity.P1);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.NO_QUORUM);
    assertThat(story.event(IncidentKind.BLOCKED).getText()).contains("customers");
    world.is("public-health", HealthStatus.DOWN).passes(4);
    assertThat(story.commands).as("it may be over in a moment").isEmpty();
    world.passes(6);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(severity()).isEqualTo(Severity.P0);
  }

  @Test
  void aDegradedClusterIsToldAndNeverRestored() {
    world.is("cluster", HealthStatus.DEGRADED).passes(20);
    assertThat(severity()).isEqualTo(Severity.P2);
    assertThat(story.channels()).containsOnly("slack");
    world.is("public-health", HealthStatus.DOWN).passes(30);
    assertThat(severity()).isEqualTo(Severity.P0);
    assertThat(story.channels()).contains("pager");
    assertThat(story.commands).isEmpty();
  }

  /** Neither a cluster nor a public health that comes and goes is ever bad for long enough. */
  @Test
  void whatFlapsIsNotRestored() {
    world.is("cluster", HealthStatus.DOWN);
    for (int i = 0; i < 10; i++) {
      world.is("public-health", HealthStatus.DOWN).passes(6);
      world.is("public-health", HealthStatus.UP).passes(4);
    }
    assertThat(story.commands).isEmpty();
    assertThat(severity()).isEqualTo(Severity.P0);
    world.is("public-health", HealthStatus.DOWN).passes(4);
    for (int i = 0; i < 10; i++) {
      world.is("cluster", HealthStatus.UP).passes(4);
      world.is("cluster", HealthStatus.DOWN).passes(4);
    }
    assertThat(story.commands).isEmpty();
  }

  @Test
  void oneObserverAloneMakesNeitherOfThemADisaster() {
    for (int i = 0; i < 20; i++) {
      world.passes(1);
      story.says("observer-0", "cluster", HealthStatus.DOWN, Symptom.UNREACHABLE);
      story.says("observer-0", "public-health", HealthStatus.DOWN, Symptom.UNREACHABLE);
    }
    assertThat(story.phase()).isEmpty();
  }

  @Test
  void whatLivesInTheClusterIsUnknownWhileTheClusterIsDown() {
    world.is("cluster", HealthStatus.DOWN).passes(4);
    world.is("redis", HealthStatus.DOWN).is("buffer", HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED);
    world.passes(60);
    assertThat(story.state.getIncident().getComponents()).containsExactly("cluster");
    assertThat(severity()).isEqualTo(Severity.P2);
    assertThat(story.channels()).as("nobody is blind either").containsOnly("slack");
    world.is("cluster", HealthStatus.UP).passes(4);
    assertThat(story.state.getIncident().getComponents())
        .as("what is said of a cluster that answers counts again")
        .contains("redis");
  }

  /** All go in the same second, and whose probe is the quicker one is chance. */
  @Test
  void whatCannotBeSeenSinceTheClusterIsGoingPagesNobodyForBlindness() {
    world.is("buffer", HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED).passes(2);
    world.is("cluster", HealthStatus.DOWN).passes(30);
    assertThat(story.titles()).noneMatch(title -> title.contains("quorum"));
    assertThat(story.channels()).containsOnly("slack");
  }

  @Test
  void aStoreThatWasConfirmedDownBeforeItsClusterStaysSoAndIsRestoredWithIt() {
    world.is("redis", HealthStatus.DOWN).passes(4);
    assertThat(severity()).isEqualTo(Severity.P1);
    world.is("cluster", HealthStatus.DOWN).passes(20);
    assertThat(story.commands).as("its way goes through the cluster").isEmpty();
    world.is("public-health", HealthStatus.DOWN).passes(10);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(story.state.getIncident().getComponents())
        .containsExactlyInAnyOrder("redis", "cluster", "buffer");
  }

  @Test
  void aDatabaseIsRestoredBesideAClusterThatIsOnlyTold() {
    world.is("cluster", HealthStatus.DOWN).passes(120);
    world.is("postgresql", HealthStatus.DOWN);
    story.restorePoint("rp-2", Duration.ofSeconds(30));
    world.passes(12);
    assertThat(severity()).isEqualTo(Severity.P1);
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    assertThat(story.events)
        .filteredOn(event -> event.getKind() == IncidentKind.PLAN_ISSUED)
        .extracting(IncidentEvent::getText)
        .as("the newest restore point is younger than the trouble of the cluster")
        .allMatch(text -> text.contains("loss 3"));
    story.done();
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.PREFLIGHT_FAILED);
    world.is("cluster", HealthStatus.UP).passes(4);
    assertThat(story.dispatched()).isEqualTo(List.of("postgresql.restore", "postgresql.cutover"));
  }

  @Test
  void aDatabaseBeyondRestoreDoesNotKeepALostClusterFromItsOwn() {
    world.is("postgresql", HealthStatus.DOWN, Symptom.AUTHENTICATION).passes(4);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    world.is("cluster", HealthStatus.DOWN).is("public-health", HealthStatus.DOWN).passes(4);
    assertThat(story.phase()).contains(IncidentPhase.TRIAGE);
    world.passes(6);
    assertThat(story.dispatched()).containsExactly("cluster.restore");
    assertThat(story.titles()).contains("postgresql needs a person, beside the recovery");
  }
}
