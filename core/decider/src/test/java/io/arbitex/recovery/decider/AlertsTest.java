package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.ObserverView;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final String TRUSTING =
      Examples.POLICY + "alerts: {sources: [{name: alertmanager, trusted: true}]}\n";

  /** The observers can say nothing: the network between them and everything else is gone. */
  private static Story blind(String policy) {
    Story story = Story.calm(Examples.decider(policy));
    for (int i = 0; i < 4; i++) {
      story.later(Duration.ofSeconds(9)).allSay(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED, 1);
    }
    assertThat(story.kinds()).as("no quorum is told").containsExactly(IncidentKind.NOTE);
    return story;
  }

  @Test
  void anAlertLowersTheConfirmationsThatAnObserverNeeds() {
    Story without = Story.calm().allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    assertThat(without.kinds()).isEmpty();

    Story with = Story.calm();
    with.fires("azure-monitor", "a1", with.now).allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    assertThat(with.kinds()).contains(IncidentKind.OPENED);
  }

  @Test
  void anAlertAloneOpensNothingByDefault() {
    Story story = blind(Examples.POLICY);
    story.fires("alertmanager", "a1", story.now).timer(Duration.ofSeconds(1));
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  @Test
  void aTrustedAlertAloneOpensAnIncidentWhenTheObserversAreBlind() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now).timer(Duration.ofSeconds(5));
    assertThat(story.kinds()).contains(IncidentKind.OPENED, IncidentKind.PLAN_ISSUED);
    assertThat(story.event(IncidentKind.OPENED).getText())
        .contains("alert PostgresqlDown of alertmanager alone");
    assertThat(story.commands).hasSize(1);
  }

  @Test
  void observersThatSeeItUpOutweighATrustedAlert() {
    Story story = Story.calm(Examples.decider(TRUSTING));
    story.fires("alertmanager", "a1", story.now).up().timer(Duration.ofSeconds(6));
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  /** Robusta #345: a RESOLVED alert restarted the healthy pod. */
  @Test
  void aResolvedAlertNeverStartsAnything() {
    Story story = blind(TRUSTING);
    story.resolves("alertmanager", "a1", story.now).timer(Duration.ofSeconds(6));
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
    // The firing one comes after its own end: late, and so over.
    story.fires("alertmanager", "a1", story.now.minusSeconds(6)).timer(Duration.ofSeconds(6));
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  /** Alertmanager #4108: redundant senders repeat each other's alerts. */
  @Test
  void theSameAlertTwiceAndFromTwoSendersIsOne() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now);
    PlatformState once = story.state;
    story.fires("alertmanager", "a1", story.now).fires("alertmanager", "a1", story.now);
    assertThat(story.state.getAlerts()).isEqualTo(once.getAlerts());
    story.fires("alertmanager-2", "a1", story.now);
    assertThat(story.state.getAlerts()).hasSize(1);
    assertThat(story.state.getAlerts().get(0).getSources())
        .containsExactly("alertmanager", "alertmanager-2");
    assertThat(story.kinds().stream().filter(IncidentKind.OPENED::equals)).hasSize(1);
  }

  @Test
  void anAlertThatComesLateCountsForNothing() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now.minus(Duration.ofMinutes(16)));
    story.timer(Duration.ofSeconds(6));
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  @Test
  void whatAnAlertAloneHadStartedStopsWhenItIsResolved() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now).timer(Duration.ofSeconds(5));
    assertThat(story.commands).hasSize(1);
    story.resolves("alertmanager", "a1", story.now).done();
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.ALERT_RESOLVED);
    assertThat(story.commands).as("no cutover").hasSize(1);
    story.up();
    assertThat(story.kinds()).contains(IncidentKind.SELF_HEALED);
  }

  @Test
  void anAlertAboutTheResourceBeforeSaysNothingOfTheNewOne() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now).timer(Duration.ofSeconds(5));
    story.done().done().bound("spare/db");
    story.fires("alertmanager", "a2", story.now.minusSeconds(2));
    assertThat(story.kinds().stream().filter(IncidentKind.OPENED::equals)).hasSize(1);
    assertThat(story.state.getComponents().get(0).getConfirmed()).isEqualTo(HealthStatus.UNKNOWN);
  }

  /** Azure's availability events have no identity but the resource. */
  @Test
  void anAlertThatFiresAgainAfterItsEndIsANewOne() {
    Story story = blind(TRUSTING);
    story.resolves("alertmanager", "availability/db", story.now).timer(Duration.ofSeconds(1));
    story.fires("alertmanager", "availability/db", story.now).timer(Duration.ofSeconds(5));
    assertThat(story.kinds()).contains(IncidentKind.OPENED);
  }

  /** The end of an alert may be lost; it must not lower the confirmations for ever. */
  @Test
  void anAlertWhoseEndNeverCameCountsNoMoreAfterAWhile() {
    Story story = Story.calm(Examples.decider(Examples.POLICY + "alerts: {lastsFor: 10s}\n"));
    story.fires("azure-monitor", "a1", story.now);
    story.allSay(HealthStatus.UP, Symptom.NONE, 10);
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  @Test
  void theEndOfAnEarlierOutageDoesNotEndTheNewOne() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "availability/db", story.now);
    story.resolves("alertmanager", "availability/db", story.now.minusSeconds(60));
    story.timer(Duration.ofSeconds(5));
    assertThat(story.commands).hasSize(1);
  }

  @Test
  void whatATrustedReceiverSaidOnlyOneThatSaidItTooMayTakeBack() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now);
    story.resolves("somebody", "a1", story.now).timer(Duration.ofSeconds(5));
    assertThat(story.commands).hasSize(1);
  }

  @Test
  void aStormOfAlertsDoesNotPushOutTheOneThatCounts() {
    Story story = blind(TRUSTING);
    story.fires("alertmanager", "a1", story.now);
    for (int i = 0; i < 300; i++) {
      story.resolves("somebody", "other-" + i, story.now);
    }
    story.timer(Duration.ofSeconds(5));
    assertThat(story.commands).hasSize(1);
    assertThat(story.state.getAlerts()).hasSizeLessThanOrEqualTo(101);
  }

  /** A source that comes and goes is bad by what was confirmed, and not by what is seen now. */
  @Test
  void aFlappingSourceIsNotPlannedOn() {
    Story story = Story.calm().down();
    story.later(Duration.ofSeconds(1));
    story.says("observer-0", "postgresql", HealthStatus.UP, Symptom.NONE);
    story.says("observer-1", "postgresql", HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED);
    story.timer(Duration.ofSeconds(6));
    assertThat(story.commands).isEmpty();
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    assertThat(story.commands).hasSize(1);
  }

  /**
   * The pages of two incidents that each lose their quorum bore one id; the second was swallowed.
   */
  @Test
  void eachLostQuorumIsPagedWithAnIdOfItsOwn() {
    Story story = blind(Examples.POLICY);
    story.up();
    for (int i = 0; i < 4; i++) {
      story.later(Duration.ofSeconds(9)).allSay(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED, 1);
    }
    assertThat(story.messages).hasSize(3);
    assertThat(story.messages)
        .extracting(message -> message.getCommandId())
        .doesNotHaveDuplicates();
  }

  @Test
  void anAlertWithoutAnIdentityIsRefused() {
    Story story = Story.calm();
    story.fires("alertmanager", "", story.now);
    assertThat(story.last.rejected()).isPresent();
  }

  /**
   * A clock that is ahead is shown and believed; set right, its observer is heard again at once.
   */
  @Test
  void anObserverWhoseClockIsAheadIsToleratedAndShown() {
    Story story = Story.calm().later(Duration.ofSeconds(1));
    Duration ahead = Duration.ofMinutes(10);
    HealthEvent early = story.health("observer-0", "postgresql", HealthStatus.UP, Symptom.NONE, 5);
    early.setObservedAt(story.now.plus(ahead));
    story.tell(new Input.Health(early));
    assertThat(view(story).getSkewMillis()).isEqualTo(ahead.toMillis());
    story.later(Duration.ofSeconds(1));
    story.says("observer-0", "postgresql", HealthStatus.UP, Symptom.NONE);
    assertThat(view(story).getSkewMillis()).isZero();
    assertThat(view(story).getObservedAt()).isEqualTo(story.now);
  }

  private static ObserverView view(Story story) {
    return story.state.getObservers().stream()
        .filter(each -> each.getObserver().equals("observer-0"))
        .findFirst()
        .orElseThrow();
  }
}
