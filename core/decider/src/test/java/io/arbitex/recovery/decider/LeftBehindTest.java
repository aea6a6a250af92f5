package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Review: writers that stood still behind a failed cutover were taken for a platform that healed.
 */
class LeftBehindTest {
  private static final String LEFT = "start the writers again failed: HTTP 403";

  private static Story left(FailureCode code) {
    return Story.calm().cuttingOver().accepted().failedLeaving(code, LEFT);
  }

  private static long escalations(Story story) {
    return story.kinds().stream().filter(IncidentKind.ESCALATED::equals).count();
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureCode.class,
      names = {"AUTHENTICATION", "TARGET_UNREACHABLE", "RETRIES_EXHAUSTED", "SOURCE_SOUND"})
  void whatACutoverLeftBehindIsAPersonsAndNeverHealsByItself(FailureCode code) {
    Story story = left(code);
    assertThat(story.event(IncidentKind.STEP_FAILED).getText()).contains(LEFT);
    assertThat(story.event(IncidentKind.ESCALATED).getText()).contains(LEFT);
    assertThat(story.messages)
        .as("the page says it too")
        .anyMatch(
            page ->
                Facts.find(page.getParameters(), "text").filter(t -> t.contains(LEFT)).isPresent());
    story.up().up();
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.kinds()).doesNotContain(IncidentKind.SELF_HEALED);
    assertThat(escalations(story)).isEqualTo(1);
  }

  @Test
  void anAttemptThatFindsTheSourceSoundAndLeavesNothingLetsItHeal() {
    Story story = left(FailureCode.AUTHENTICATION).up();
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.command().getProcedure()).isEqualTo("cutover.database");
    assertThat(story.command().getAttempt()).isEqualTo(2);
    assertThat(Facts.find(story.command().getParameters(), LeftBehind.FACT)).contains(LEFT);
    assertThat(story.kinds()).doesNotContain(IncidentKind.SELF_HEALED);
    story.accepted().failed(FailureCode.SOURCE_SOUND);
    assertThat(story.events)
        .as("it is told once more before it is let go")
        .anyMatch(event -> event.getKind() == IncidentKind.NOTE && event.getText().contains(LEFT));
    story.up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  /** A server that nobody knows of costs money, but the platform is as it was. */
  @Test
  void whatARestoreLeftBehindIsToldAndKeepsNothingOpen() {
    String server = "delete the unfinished server failed: db-r0123456789 is busy";
    Story story = Story.calm().restoring().failedLeaving(FailureCode.DEADLINE, server);
    assertThat(story.event(IncidentKind.STEP_FAILED).getText()).contains(server);
    assertThat(story.event(IncidentKind.STEP_FAILED).getFacts())
        .noneMatch(fact -> fact.getName().equals(LeftBehind.FACT));
    story.up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  @Test
  void anAttemptThatWasRefusedAtOnceProvesNothingOfTheOneBefore() {
    Story story = left(FailureCode.AUTHENTICATION);
    story.decree(ApprovalKind.RETRY, "").accepted().failed(FailureCode.PREFLIGHT).up();
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.event(IncidentKind.ESCALATED).getText()).contains(LEFT);
    story.decree(ApprovalKind.RETRY, "").accepted().failedLeaving(FailureCode.SOURCE_SOUND, LEFT);
    story.up();
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void aCutoverThatTheKillSwitchStoppedIsTriedAgainByItselfAlthoughEverythingIsUp() {
    Story story = left(FailureCode.KILL_SWITCH);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.KILL_SWITCH);
    assertThat(story.event(IncidentKind.BLOCKED).getText()).contains(LEFT);
    story.up();
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    for (int i = 0; i < 20; i++) {
      story.up();
    }
    story.timer(Duration.ofSeconds(1));
    assertThat(story.command().getAttempt()).isEqualTo(2);
    // Now it met the switch before it touched anything, so it has nothing of its own to tell.
    story.accepted().failed(FailureCode.KILL_SWITCH).up();
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    for (int i = 0; i < 40; i++) {
      story.up();
    }
    story.timer(Duration.ofSeconds(1));
    assertThat(story.command().getAttempt()).isEqualTo(3);
    story.accepted().failed(FailureCode.SOURCE_SOUND).up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
    assertThat(escalations(story)).isZero();
  }

  @Test
  void aCutoverThatIsDoneAtLastForgetsIt() {
    Story story = left(FailureCode.AUTHENTICATION);
    story.decree(ApprovalKind.RETRY, "").accepted().done(new Fact("resource", "spare/db"));
    assertThat(story.state.getIncident().getSteps())
        .allSatisfy(step -> assertThat(Facts.find(step.getFacts(), LeftBehind.FACT)).isEmpty());
    assertThat(story.command().getParameters())
        .noneMatch(fact -> fact.getName().contains(LeftBehind.FACT));
  }
}
