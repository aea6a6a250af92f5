package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one platform asks of the fleet, and what people see of it. */
class FleetAdmissionStoryTest {
  private static Story full() {
    Story story = Story.calm();
    story.fleetIsFull = true;
    return story;
  }

  private static List<String> said(Story story) {
    return story.toFleet.stream().map(event -> event.getKind() + " " + event.getNumber()).toList();
  }

  /** Keeps the observers fresh while time passes. */
  private static Story passes(Story story, HealthStatus status, int seconds) {
    Symptom symptom = status == HealthStatus.UP ? Symptom.NONE : Symptom.UNREACHABLE;
    for (int i = 0; i < seconds; i++) {
      story.allSay(status, symptom, 1).tell(new Input.Timer());
    }
    return story;
  }

  @Test
  void whereThereIsRoomNobodySeesThatItWasAskedAndThePlaceIsGivenBackAtTheEnd() {
    Story story = Story.calm().verifying().accepted().verdict(CheckStatus.PASS);
    assertThat(said(story)).as("asked once").containsExactly("REQUEST 1");
    story.up();
    assertThat(story.kinds())
        .contains(IncidentKind.RESOLVED)
        .doesNotContain(IncidentKind.BLOCKED, IncidentKind.UNBLOCKED);
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");
    assertThat(story.toFleet.get(1).getIncidentId())
        .isEqualTo(story.toFleet.get(0).getIncidentId())
        .isEqualTo(story.event(IncidentKind.RESOLVED).getIncidentId());
  }

  @Test
  void whereThereIsNoRoomNothingIsStartedItSaysSoAndItGoesOnByItselfWhenOthersHaveEnded() {
    Story story = passes(full().down(), HealthStatus.DOWN, 6);
    assertThat(said(story)).containsExactly("REQUEST 1");
    int told = story.messages.size();
    passes(story, HealthStatus.DOWN, 3);
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.FLEET_ADMISSION);
    assertThat(story.event(IncidentKind.BLOCKED).getText()).contains("at most 20.0 %", "most 10");
    assertThat(story.event(IncidentKind.BLOCKED).getNext()).contains("first come, first served");
    assertThat(story.messages).as("the outage itself was paged").hasSize(told);

    passes(story, HealthStatus.DOWN, 20);
    assertThat(story.commands).isEmpty();
    assertThat(said(story)).as("it asks once").containsExactly("REQUEST 1");

    story.letIn();
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
    assertThat(story.event(IncidentKind.UNBLOCKED)).isNotNull();
  }

  @Test
  void whoWaitsLongerThanAnObserverMayBeSilentIsToldOfOnce() {
    Story story = passes(full().down(), HealthStatus.DOWN, 10);
    int told = story.messages.size();
    passes(story, HealthStatus.DOWN, 120);
    assertThat(story.titles().subList(told, story.titles().size()))
        .containsExactly("Recovery of lab is blocked: FLEET_ADMISSION");
    story.letIn();
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
  }

  /** Nobody but the timer speaks: the word that it waits must not need an observer. */
  @Test
  void timeAloneSaysThatItWaits() {
    Story story = full().down();
    Instant end = story.now.plusSeconds(15);
    while (story.state.getDueAt() != null && story.state.getDueAt().isBefore(end)) {
      story.timer(Duration.between(story.now, story.state.getDueAt()));
    }
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.FLEET_ADMISSION);
  }

  /** Review: one that was held while it waited would have kept others out for as long. */
  @Test
  void whoCannotUseAPlaceGivesItBackAndAsksAgainWhenItCan() {
    Story story = passes(full().down(), HealthStatus.DOWN, 10);
    story.decree(ApprovalKind.HOLD, "");
    passes(story, HealthStatus.DOWN, 5);
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");
    story.decree(ApprovalKind.RELEASE, "");
    passes(story, HealthStatus.DOWN, 5);
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1", "REQUEST 2");
    story.letIn();
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
  }

  @Test
  void whatIsUpAgainWhileItWaitsGivesItsPlaceInTheQueueBack() {
    Story story = passes(full().down(), HealthStatus.DOWN, 12);
    passes(story, HealthStatus.UP, 3);
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");
    story.letIn();
    assertThat(story.phase()).as("a late answer starts nothing").isEmpty();
    assertThat(story.commands).isEmpty();
  }

  @Test
  void anEscalatedRecoveryGivesItsPlaceBackAndARetryAsksAnew() {
    Story story = Story.calm().restoring().failed(FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");

    story.fleetIsFull = true;
    story.decree(ApprovalKind.RETRY, "");
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1", "REQUEST 2");
    assertThat(story.dispatched()).hasSize(1);
    FleetEvent old = FleetEvent.newBuilder(story.toFleet.get(0)).setKind(FleetKind.GRANT).build();
    story.tell(new Input.Admitted(old));
    assertThat(story.dispatched()).as("the answer to the old request").hasSize(1);
    story.letIn();
    assertThat(story.dispatched()).hasSize(2);
  }

  @Test
  void aRejectedPlanGivesItsPlaceBack() {
    Story story = Story.calm().restoring().decree(ApprovalKind.REJECT, "");
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");

    Story waiting = passes(full().down(), HealthStatus.DOWN, 12);
    waiting.decree(ApprovalKind.REJECT, "");
    assertThat(said(waiting)).containsExactly("REQUEST 1", "RELEASE 1");
  }

  @Test
  void whatStillRunsBesideAnEscalationKeepsThePlaceUntilItHasEnded() {
    ClusterWorld world = ClusterWorld.calm(Examples.POLICY + "procedures: {parallel: true}\n");
    world.is("postgresql", HealthStatus.DOWN);
    world.is("buffer", HealthStatus.DOWN);
    Story story = world.passes(10).story;
    assertThat(story.dispatched()).contains("postgresql.restore", "buffer.restore");
    story.fails("postgresql.restore", FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(said(story)).as("the volume's restore runs on").containsExactly("REQUEST 1");
    story.ends("buffer.restore");
    assertThat(said(story)).containsExactly("REQUEST 1", "RELEASE 1");
  }

  @Test
  void whoIsHeldAfterItWasLetInKeepsItsPlace() {
    Story story = Story.calm().restoring().decree(ApprovalKind.HOLD, "");
    passes(story.done(), HealthStatus.DOWN, 600);
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    assertThat(said(story)).containsExactly("REQUEST 1");
    story.decree(ApprovalKind.RELEASE, "");
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "postgresql.cutover");
  }

  @Test
  void whoIsHeldBeforeItMayBePlannedDoesNotAsk() {
    Story story = Story.calm().decree(ApprovalKind.HOLD, "");
    passes(story.down(), HealthStatus.DOWN, 30);
    assertThat(story.toFleet).isEmpty();
    story.decree(ApprovalKind.RELEASE, "");
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
  }

  /** As in a replay of the log under a policy that waits longer. */
  @Test
  void anAnswerThatComesBeforeTheRequestCountsForIt() {
    Story story = full().down();
    story.tell(
        new Input.Admitted(new FleetEvent("g", "lab", "inc", FleetKind.GRANT, story.now, 1L)));
    story.timer(Duration.ofSeconds(6));
    assertThat(story.dispatched()).containsExactly("postgresql.restore");
  }
}
