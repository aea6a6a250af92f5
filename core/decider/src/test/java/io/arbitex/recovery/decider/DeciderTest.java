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
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Framing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DeciderTest {

  // ---- confirmed, not rumoured ----------------------------------------------------------------

  @Test
  void oneObserverAloneNeverOpensAnIncident() {
    Story story = Story.calm();
    for (int i = 0; i < 50; i++) {
      story.later(Duration.ofSeconds(1));
      story.says("observer-0", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE);
      story.says("observer-1", "postgresql", HealthStatus.UP, Symptom.NONE);
      story.says("observer-2", "postgresql", HealthStatus.UP, Symptom.NONE);
    }
    assertThat(story.events).isEmpty();
    assertThat(story.messages).isEmpty();
  }

  @Test
  void twoBadObservationsAreARumourAndThreeAreConfirmed() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 2);
    assertThat(story.events).isEmpty();
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 1);
    assertThat(story.kinds()).containsExactly(IncidentKind.OPENED);
    assertThat(story.messages).as("the page goes out at once").hasSize(1);
    assertThat(story.event(IncidentKind.OPENED).getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.commands).as("nothing is restored before restoreAfter").isEmpty();
  }

  @Test
  void anObserverThatIsBlindItselfCountsForNothing() {
    Story story = Story.calm();
    story.allSay(HealthStatus.UNKNOWN, Symptom.UNCLASSIFIED, 10);
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  @Test
  void lateAndDuplicateEventsChangeNothing() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 2);
    PlatformState before = story.state;
    Input.Health old =
        new Input.Health(
            story.health("observer-0", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 9));
    story.later(Duration.ofSeconds(-1));
    Input.Health older =
        new Input.Health(
            story.health("observer-1", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE, 9));
    story.later(Duration.ofSeconds(2)).tell(old).tell(older);
    assertThat(story.state.getObservers()).isEqualTo(before.getObservers());
    assertThat(story.events).isEmpty();
  }

  @Test
  void silentObserversArePagedOnceAndDoNotOpenAnIncident() {
    Story story = Story.calm();
    story.timer(Duration.ofSeconds(31)).timer(Duration.ofSeconds(31));
    assertThat(story.kinds()).containsExactly(IncidentKind.NOTE);
    assertThat(story.messages).hasSize(1);
  }

  /** A classifier that was restarted paged "no quorum" before it had read what waited for it. */
  @Test
  void aDeciderThatWasAwayDoesNotTakeItsOwnDeafnessForSilence() {
    Story story = Story.calm();
    story.timer(Duration.ofMinutes(2));
    assertThat(story.kinds()).isEmpty();
    story.timer(Duration.ofSeconds(20)).up();
    assertThat(story.kinds()).isEmpty();

    Story silent = Story.calm();
    silent.timer(Duration.ofMinutes(2)).timer(Duration.ofSeconds(30));
    assertThat(silent.kinds()).containsExactly(IncidentKind.NOTE);
  }

  @Test
  void whatIsNotInTheInventoryIsRefused() {
    Story story = Story.calm();
    story.says("observer-9", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE);
    assertThat(story.last.rejected())
        .hasValueSatisfying(why -> assertThat(why).contains("observer-9"));
    story.says("observer-0", "oracle", HealthStatus.DOWN, Symptom.UNREACHABLE);
    assertThat(story.last.rejected()).isPresent();
    Decided unknown =
        story.decider.decide(Decider.initial("elsewhere"), new Input.Timer(), story.now);
    assertThat(unknown.rejected()).isPresent();
  }

  // ---- the whole way --------------------------------------------------------------------------

  @Test
  void aLostDatabaseIsRestoredCutOverProvenAndResolved() {
    Story story = Story.calm().restoring();
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("source-resource", "primary");
    story.done(
        new Fact("server", "spare"), new Fact("database", "db"), new Fact("restore-point", "rp-1"));
    assertThat(story.command().getProcedure()).isEqualTo("cutover.database");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("server", "spare")
        .containsEntry("database", "db")
        .containsEntry("source-epoch", "0");
    story
        .accepted()
        .step(
            StepTransition.ACTION_DONE,
            "switch-secret",
            null,
            new Fact("point-of-no-return", "switched"));
    story.done(new Fact("resource", "spare/db")).bound("spare/db");
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("components", "postgresql")
        .containsEntry("postgresql.database", "db");
    story.verdict(CheckStatus.PASS);
    assertThat(story.phase()).contains(IncidentPhase.SETTLING);
    story.up();
    assertThat(story.kinds())
        .containsSequence(IncidentKind.PROVEN, IncidentKind.RESOLVED)
        .contains(IncidentKind.POINT_OF_NO_RETURN);
    assertThat(story.phase()).isEmpty();
    assertThat(story.event(IncidentKind.RESOLVED).getIntervals())
        .extracting(interval -> interval.getPhase())
        .containsExactly(Phase.DETECTION_TRIAGE, Phase.RESTORE, Phase.CUTOVER, Phase.VERIFY);
  }

  @Test
  void aRestartWithinRestoreAfterHealsWithNoCommand() {
    Story story = Story.calm().down().up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
    assertThat(story.commands).isEmpty();
  }

  @Test
  void aSourceThatIsSoundAgainEndsItOnceTheObserversSeeItToo() {
    Story story = Story.calm().cuttingOver().accepted().failed(FailureCode.SOURCE_SOUND);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.SOURCE_SOUND);
    story.up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  /** Review: observers and executor that go on to disagree made restore after restore. */
  @Test
  void observersAndExecutorThatDisagreeAreAPersons() {
    Story story = Story.calm().cuttingOver().accepted().failed(FailureCode.SOURCE_SOUND);
    for (int i = 0; i < 50; i++) {
      story.down();
    }
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.commands).hasSize(2);
  }

  /** Review: a cutover that was given up and went on was taken for none. */
  @Test
  void aCutoverThatEndsAfterItWasGivenUpIsNeverTakenForSelfHealing() {
    Story story = Story.calm().cuttingOver().accepted();
    story.timer(Duration.ofMinutes(16));
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.done(new Fact("resource", "spare/db"), new Fact("point-of-no-return", "switched"));
    story.bound("spare/db").up();
    assertThat(story.kinds()).doesNotContain(IncidentKind.SELF_HEALED);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
    story.verdict(CheckStatus.PASS).up();
    assertThat(story.kinds()).endsWith(IncidentKind.RESOLVED);
  }

  /** Review: a hold during the cutover opened the way to self-healing. */
  @Test
  void aHoldDuringTheCutoverDoesNotLetItHeal() {
    Story story = Story.calm().cuttingOver().accepted().decree(ApprovalKind.HOLD, "").up();
    assertThat(story.kinds()).doesNotContain(IncidentKind.SELF_HEALED);
  }

  /** Review: a rejection while the restore ran was forgotten, and the cutover went on. */
  @Test
  void aRejectionWhileTheRestoreRunsCancelsIt() {
    Story story = Story.calm().restoring().decree(ApprovalKind.REJECT, "");
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.commands)
        .extracting(command -> command.getKind())
        .endsWith(CommandKind.CANCEL);
    int before = story.commands.size();
    story.done(new Fact("server", "spare"));
    assertThat(story.commands).hasSize(before);
  }

  /** Review: a false alarm that a person rejected before the plan was planned all the same. */
  @Test
  void aRejectionBeforeThePlanHolds() {
    Story story = Story.calm().down();
    assertThat(story.phase()).contains(IncidentPhase.TRIAGE);
    story.decree(ApprovalKind.REJECT, "");
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 20);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.kinds()).doesNotContain(IncidentKind.PLAN_ISSUED);
    story.decree(ApprovalKind.RETRY, "").allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 6);
    assertThat(story.kinds()).contains(IncidentKind.PLAN_ISSUED);
  }

  /** Review: a retry of what had lost its procedures threw, which wedges the platform. */
  @Test
  void aRetryOfWhatNothingIsConfiguredForAnyMoreIsLeftToAPerson() {
    Story story = Story.calm().restoring().accepted().failed(FailureCode.PREFLIGHT);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decider =
        Examples.decider(
            Examples.INVENTORY.replace("procedures: [postgresql.dump]", "procedures: []"),
            Examples.POLICY);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.event(IncidentKind.NOTE).getText()).contains("No procedure is configured");
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
  }

  @Test
  void aCutoverThatHasBegunCannotBeRejected() {
    Story story = Story.calm().cuttingOver().accepted().decree(ApprovalKind.REJECT, "");
    assertThat(story.event(IncidentKind.NOTE).getText()).contains("cannot be rejected");
  }

  /** Review: a retry after the new resource had failed said "proven" without a proof. */
  @Test
  void aRetryPastTheProofProvesAgain() {
    Story story = Story.calm().verifying().verdict(CheckStatus.PASS);
    story.later(Duration.ofSeconds(1)).down();
    int before = story.commands.size();
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.commands).hasSize(before + 1);
    assertThat(story.command().getProcedure()).isEqualTo("verify.full");
  }

  /** Four attempts of the first procedure left the second one a single try. */
  @Test
  void eachProcedureHasAttemptsOfItsOwn() {
    Story story = new Story(Examples.decider(Examples.IN_AZURE, Examples.POLICY));
    story.restorePoint("rp-1", Duration.ofMinutes(5)).up().restoring();
    for (int i = 0; i < 4; i++) {
      assertThat(story.command().getProcedure()).isEqualTo("postgresql.pitr");
      story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "moment-" + i)).accepted();
    }
    for (int i = 0; i < 4; i++) {
      assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
      story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "rp-" + i)).accepted();
    }
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decree(ApprovalKind.RETRY, "").accepted();
    story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "moment-9"));
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.pitr");
    assertThat(story.command().getAttempt()).isEqualTo(10);
  }

  /** Review: what a person has mended must not cost the newest restore points. */
  @Test
  void aRetryBeginsWithTheNewestRestorePointAgain() {
    Story story = Story.calm().restoring();
    for (int i = 0; i < 4; i++) {
      story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "rp-" + i));
    }
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(Facts.toMap(story.command().getParameters()))
        .doesNotContainKey("exclude-restore-points");
  }

  /** A backlog that was read after an outage of the pipeline was taken for now. */
  @Test
  void observationsOfLongAgoSayNothingOfNow() {
    Story story = Story.calm();
    Input.Health[] old = new Input.Health[3];
    for (int observer = 0; observer < 3; observer++) {
      old[observer] =
          new Input.Health(
              story
                  .later(Duration.ofMillis(1500))
                  .health(
                      "observer-" + observer,
                      "postgresql",
                      HealthStatus.DOWN,
                      Symptom.UNREACHABLE,
                      3));
    }
    story.later(Duration.ofHours(1));
    for (Input.Health each : old) {
      story.tell(each);
    }
    assertThat(story.kinds()).doesNotContain(IncidentKind.OPENED);
  }

  /** Review: a guard whose end had passed made a decision every 50 ms, for ever. */
  @Test
  void aGuardThatGoesOnWithAnotherEndIsNotLookedAtWithoutEnd() {
    String policy =
        Examples.POLICY.replace(
            "{cooldown: 1h, approvalFor: []}",
            "{maintenance: [{from: 2026-11-22T03:00:00Z, to: 2026-11-22T03:10:00Z},"
                + " {from: 2026-11-22T03:05:00Z, to: 2026-11-22T03:30:00Z}]}");
    Story story = Story.calm(Examples.decider(policy)).down().timer(Duration.ofSeconds(6));
    story.later(Duration.ofMinutes(10)).down();
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    assertThat(story.state.getIncident().getBlockedUntil()).isAfter(story.now);
    assertThat(story.decider.nextDue(story.state, story.now))
        .hasValueSatisfying(due -> assertThat(due).isAfter(story.now));
  }

  @Test
  void aHangingSourceIsRestoredBesideButCutOverByApprovalOnly() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DOWN, Symptom.HUNG, 3).timer(Duration.ofSeconds(6));
    story.accepted().done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("source-may-live", "true");
  }

  @Test
  void aRestoreToAMomentNeedsNoDumpAndLosesWhatTheArchiveLags() {
    Story story = new Story(Examples.decider(Examples.IN_AZURE, Examples.POLICY));
    story.allSay(HealthStatus.UP, Symptom.NONE, 3).down();
    story.timer(Duration.ofSeconds(6));
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.pitr");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("symptom", "UNREACHABLE");
    assertThat(story.event(IncidentKind.PLAN_ISSUED).getText()).contains("loss 5 min");
  }

  /**
   * Review: once somebody had stopped the damaged server, it was restored and left as a lost one.
   */
  @Test
  void damageIsNotForgottenWhenTheServerIsStopped() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DEGRADED, Symptom.CORRUPT, 3);
    story.accepted().allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "rp-1"));
    assertThat(story.command().getAttempt()).isEqualTo(2);
    assertThat(Facts.toMap(story.command().getParameters())).containsEntry("symptom", "CORRUPT");
    story.accepted().done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
  }

  @Test
  void damageThatThePolicyRestoresByItselfIsLeftWithoutAPerson() {
    String policy =
        Examples.POLICY.replace(
            "guards:",
            "symptoms: {restore: [unreachable, corrupt], restoreByApproval: [hung]}\nguards:");
    Story story = Story.calm(Examples.decider(policy));
    story.allSay(HealthStatus.DEGRADED, Symptom.CORRUPT, 3).timer(Duration.ofSeconds(6));
    story.accepted().done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(story.command().getProcedure()).isEqualTo("cutover.database");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("source-may-live", "true")
        .containsEntry("symptom", "CORRUPT");
    // What is only away may live: it is no damage that the policy speaks of.
    Story away = Story.calm(Examples.decider(policy)).restoring();
    away.done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(Facts.toMap(away.command().getParameters()))
        .containsEntry("source-may-live", "false");
  }

  @Test
  void aRunningRestoreIsCancelledWhenEverythingIsUpAgain() {
    Story story = Story.calm().restoring().up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
    assertThat(story.commands.get(story.commands.size() - 1).getKind())
        .isEqualTo(CommandKind.CANCEL);
  }

  @Test
  void aCancelGoesToACommandThatNobodyHasTakenOnYetToo() {
    Story story = Story.calm().down().timer(Duration.ofSeconds(6)).up();
    assertThat(story.commands)
        .extracting(command -> command.getKind())
        .endsWith(CommandKind.CANCEL);
  }

  @Test
  void theOldServerComingBackAfterTheProofDoesNotEndTheIncident() {
    Story story = Story.calm().cuttingOver().accepted();
    story.step(
        StepTransition.ACTION_DONE, "switch-secret", null, new Fact("point-of-no-return", "x"));
    story.done(new Fact("resource", "spare/db")).verdict(CheckStatus.PASS);
    story.up();
    assertThat(story.phase()).contains(IncidentPhase.SETTLING);
    story.bound("spare/db").up();
    assertThat(story.kinds()).endsWith(IncidentKind.RESOLVED);
  }

  // ---- failures -------------------------------------------------------------------------------

  @Test
  void aRestorePointThatDoesNotPassItsProofIsLeftOutTheNextTime() {
    Story story =
        Story.calm()
            .restoring()
            .failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "rp-9"));
    assertThat(story.kinds()).endsWith(IncidentKind.FELL_BACK, IncidentKind.STEP_DISPATCHED);
    assertThat(story.command().getAttempt()).isEqualTo(2);
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("exclude-restore-points", "rp-9");
  }

  @Test
  void whenNoProcedureIsLeftAPersonIsAskedAndTheIncidentStaysOpen() {
    Story story = Story.calm().restoring().failed(FailureCode.TARGET_FULL);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.event(IncidentKind.ESCALATED).getText()).contains("it broke");
    assertThat(story.event(IncidentKind.ESCALATED).getNext()).isEqualTo("mend it");
    story.timer(Duration.ofDays(3));
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.down().decree(ApprovalKind.RETRY, "").timer(Duration.ofSeconds(6));
    assertThat(story.command().getAttempt()).isEqualTo(2);
  }

  @Test
  void theNextProcedureIsTriedWhenOneFails() {
    String inventory = Examples.IN_AZURE;
    Story story = Story.calm(Examples.decider(inventory, Examples.POLICY)).restoring();
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.pitr");
    story.failed(FailureCode.TOOL_FAILED);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
  }

  /** Review: a damaged journal let the next procedure run on top of nobody knows what. */
  @Test
  void afterAnErrorThatNobodyKnowsNoOtherProcedureIsTried() {
    String inventory = Examples.IN_AZURE;
    Story story = Story.calm(Examples.decider(inventory, Examples.POLICY)).restoring();
    story.failed(FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.pitr");
  }

  /** Review: a kill switch, or its page that was away for seconds, ended the recovery for good. */
  @Test
  void aStepThatMetTheKillSwitchGoesOnWhenItIsReleased() {
    Story story = Story.calm().restoring();
    story.accepted().failed(FailureCode.KILL_SWITCH);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.KILL_SWITCH);
    int before = story.commands.size();
    story.down();
    assertThat(story.commands).as("it is not hammered").hasSize(before);
    for (int i = 0; i < 20; i++) {
      story.down();
    }
    story.timer(Duration.ofSeconds(1));
    assertThat(story.command().getAttempt()).isEqualTo(2);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.accepted().failed(FailureCode.KILL_SWITCH);
    assertThat(story.state.getIncident().getBlockedUntil())
        .as("each time it waits longer")
        .isEqualTo(story.now.plus(Duration.ofMinutes(2)));
  }

  /** Review: seven minutes of a thrown switch left a procedure one restore point. */
  @Test
  void askingAKillSwitchUsesUpNoRestorePoint() {
    Story story = Story.calm().restoring();
    for (int i = 0; i < 5; i++) {
      story.failed(FailureCode.KILL_SWITCH).timer(Duration.ofMinutes(31)).accepted();
    }
    story.failed(FailureCode.PROOF_FAILED, new Fact("restore-point", "rp-1"));
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("exclude-restore-points", "rp-1");
  }

  @Test
  void whatWasHeardBeforeATakeoverIsNotBelievedAfterIt() {
    Story story = Story.calm();
    story.later(Duration.ofSeconds(1));
    for (int i = 0; i < 3; i++) {
      story.says("observer-0", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE);
      story.later(Duration.ofMillis(100));
    }
    story.state = Decider.resumed(story.state, story.now);
    for (int i = 0; i < 3; i++) {
      story.later(Duration.ofMillis(100));
      story.says("observer-1", "postgresql", HealthStatus.DOWN, Symptom.UNREACHABLE);
    }
    assertThat(story.events).as("one of them may have come up meanwhile").isEmpty();
  }

  @Test
  void aCutoverOfUnknownOutcomeIsNeverRepeatedByItself() {
    Story story = Story.calm().cuttingOver().accepted().failed(FailureCode.UNKNOWN);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    int before = story.commands.size();
    story.timer(Duration.ofHours(2));
    assertThat(story.commands).hasSize(before);
  }

  @Test
  void aWorkerThatIsNeverHeardOfIsGivenUpAfterItsDeadline() {
    Story story = Story.calm().restoring();
    Duration timeout = Duration.between(story.now, story.command().getDeadline());
    story.timer(timeout.plus(Steps.GRACE).minusSeconds(5));
    assertThat(story.phase()).contains(IncidentPhase.RECOVERING);
    story.timer(Duration.ofSeconds(10));
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void aRefusedCommandIsAFailure() {
    Story story = Story.calm().down().timer(Duration.ofSeconds(6));
    story.step(StepTransition.REFUSED, "", null);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void aFailedProofStaysOpenThoughTheProbesAreHappy() {
    Story story = Story.calm().verifying().verdict(CheckStatus.FAIL).up().up();
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decree(ApprovalKind.RETRY, "");
    assertThat(story.kinds()).doesNotContain(IncidentKind.SELF_HEALED);
    assertThat(story.command().getProcedure())
        .as("only the suite is run again")
        .isEqualTo("verify.full");
    story.verdict(CheckStatus.PASS).up();
    assertThat(story.kinds()).endsWith(IncidentKind.RESOLVED);
  }

  @Test
  void aSuiteThatCouldNotBeRunIsRunOnceMore() {
    Story story = Story.calm().verifying().verdict(CheckStatus.ERROR);
    assertThat(story.command().getAttempt()).isEqualTo(2);
    story.verdict(CheckStatus.ERROR);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void aNewResourceThatFailsRightAwayIsAPersons() {
    Story story = Story.calm().verifying().verdict(CheckStatus.PASS);
    story.later(Duration.ofSeconds(1)).down();
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void anEscalatedIncidentWithNoCutoverEndsWhenEverythingIsUpAgain() {
    Story story = Story.calm().restoring().failed(FailureCode.TARGET_UNREACHABLE).up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  // ---- not every error is a disaster ----------------------------------------------------------

  @Test
  void aWrongPasswordIsEscalatedWithAdviceAndNeverRestored() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DEGRADED, Symptom.AUTHENTICATION, 3).timer(Duration.ofMinutes(1));
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.event(IncidentKind.ESCALATED).getNext()).contains("password");
    assertThat(story.commands).isEmpty();
  }

  /** A restart that a quorum saw as STARTING was escalated at once, and healed seconds later. */
  @Test
  void aServerThatIsStartingIsWaitedForBeforeAPersonIsAsked() {
    Story healed = Story.calm().down().allSay(HealthStatus.DOWN, Symptom.STARTING, 2);
    assertThat(healed.kinds()).doesNotContain(IncidentKind.ESCALATED);
    healed.up();
    assertThat(healed.kinds()).contains(IncidentKind.SELF_HEALED);

    Story stuck = Story.calm().allSay(HealthStatus.DOWN, Symptom.STARTING, 3);
    stuck.timer(Duration.ofSeconds(6));
    assertThat(stuck.kinds()).contains(IncidentKind.ESCALATED);
    assertThat(stuck.commands).isEmpty();
  }

  @Test
  void aSymptomThatTurnsIntoALossIsLookedAtAgain() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DEGRADED, Symptom.TOO_MANY_CONNECTIONS, 3);
    story.down();
    assertThat(story.phase()).contains(IncidentPhase.TRIAGE);
    story.timer(Duration.ofSeconds(6));
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
  }

  @Test
  void corruptionIsRestoredBesideAtOnceAndCutOverByApproval() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DEGRADED, Symptom.CORRUPT, 3);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.accepted().done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
    story.decree(ApprovalKind.APPROVE, "another-plan");
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    story.decree(ApprovalKind.APPROVE, story.state.getIncident().getPlanHash());
    assertThat(story.command().getProcedure()).isEqualTo("cutover.database");
  }

  @Test
  void rowsThatAreMissingByQuorumAreAP1ThatIsRestoredBesideAndCutOverByApproval() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DOWN, Symptom.DATA_MISSING, 3);
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.commands).as("a restart may heal it").isEmpty();
    story.allSay(HealthStatus.DOWN, Symptom.DATA_MISSING, 5);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.accepted().done(new Fact("server", "spare"), new Fact("database", "db"));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.APPROVAL_NEEDED);
  }

  @Test
  void corruptionThatOneObserverAloneFoundIsNoIncidentAndTheSecondMakesItAP1() {
    Story story = Story.calm();
    for (int i = 0; i < 5; i++) {
      story.later(Duration.ofSeconds(1));
      story.says("observer-0", "postgresql", HealthStatus.DEGRADED, Symptom.CORRUPT);
      story.says("observer-1", "postgresql", HealthStatus.UP, Symptom.NONE);
      story.says("observer-2", "postgresql", HealthStatus.UP, Symptom.NONE);
    }
    assertThat(story.state.getIncident()).isNull();
    for (int i = 0; i < 3; i++) {
      story.later(Duration.ofSeconds(1));
      story.says("observer-0", "postgresql", HealthStatus.DEGRADED, Symptom.CORRUPT);
      story.says("observer-1", "postgresql", HealthStatus.DEGRADED, Symptom.CORRUPT);
      story.says("observer-2", "postgresql", HealthStatus.UP, Symptom.NONE);
    }
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
  }

  @Test
  void aRejectedPlanIsAPersons() {
    Story story = Story.calm();
    story.allSay(HealthStatus.DEGRADED, Symptom.CORRUPT, 3);
    story.accepted().done(new Fact("server", "spare")).decree(ApprovalKind.REJECT, "");
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    story.decree(ApprovalKind.ACKNOWLEDGE, "");
    assertThat(story.kinds()).endsWith(IncidentKind.ACKNOWLEDGED);
  }

  // ---- guards ---------------------------------------------------------------------------------

  private static Story recovered() {
    return Story.calm().verifying().verdict(CheckStatus.PASS).up();
  }

  @Test
  void theSameFailureWithinTheCooldownIsBlockedAndPaged() {
    Story story = recovered();
    int messages = story.messages.size();
    story.later(Duration.ofMinutes(10)).up().restorePoint("rp-2", Duration.ofMinutes(1));
    story.down().timer(Duration.ofSeconds(6));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.COOLDOWN);
    assertThat(story.titles().subList(messages, story.messages.size()))
        .contains("P1: postgresql is DOWN", "Recovery of lab is blocked: COOLDOWN");
    story.later(Duration.ofMinutes(51)).down();
    assertThat(story.kinds())
        .as("looked at again when the cooldown is over")
        .contains(IncidentKind.UNBLOCKED);
  }

  @Test
  void aPersonMayAcceptTheCooldown() {
    Story story = recovered();
    story.later(Duration.ofMinutes(10)).up().restorePoint("rp-2", Duration.ofMinutes(1));
    story.down().timer(Duration.ofSeconds(6)).decree(ApprovalKind.RETRY, "");
    assertThat(story.phase()).contains(IncidentPhase.RECOVERING);
  }

  /**
   * Cruise Control #1367: failures that happened while healing was disabled were never looked at
   * again.
   */
  @Test
  void aHoldStopsPlanAndStepsAndAReleaseGoesOnWhereItWas() {
    Story story = Story.calm().decree(ApprovalKind.HOLD, "").down().timer(Duration.ofSeconds(6));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason()).isEqualTo(BlockedReason.HELD);
    story.decree(ApprovalKind.RELEASE, "");
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.accepted().decree(ApprovalKind.HOLD, "").done(new Fact("server", "spare"));
    assertThat(story.phase()).contains(IncidentPhase.BLOCKED);
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
    story.decree(ApprovalKind.RELEASE, "");
    assertThat(story.command().getProcedure()).isEqualTo("cutover.database");
  }

  @Test
  void aHeldIncidentThatHealsIsOver() {
    Story story =
        Story.calm().decree(ApprovalKind.HOLD, "").down().timer(Duration.ofSeconds(6)).up();
    assertThat(story.kinds()).endsWith(IncidentKind.SELF_HEALED);
  }

  @Test
  void withoutARestorePointNothingIsBegunUntilThereIsOne() {
    Story story = new Story(Examples.decider()).up().down().timer(Duration.ofSeconds(6));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.NO_RESTORE_POINT);
    story.restorePoint("rp-1", Duration.ofMinutes(3));
    assertThat(story.command().getProcedure()).isEqualTo("postgresql.dump");
  }

  @Test
  void aBlockedIncidentWhoseSymptomIsBeyondRestoreIsAPersons() {
    Story story = new Story(Examples.decider()).up().down().timer(Duration.ofSeconds(6));
    story.allSay(HealthStatus.DEGRADED, Symptom.DISK_FULL, 3);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
  }

  @Test
  void repeatedFailuresNeedAPerson() {
    Story story = Story.calm().restoring().failed(FailureCode.TOOL_FAILED).up();
    story.down().timer(Duration.ofSeconds(6)).accepted().failed(FailureCode.TOOL_FAILED).up();
    story.down().timer(Duration.ofSeconds(6));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.REPEATED_FAILURE);
  }

  @Test
  void aMaintenanceWindowBlocksUntilItsEnd() {
    String policy =
        Examples.POLICY.replace(
            "{cooldown: 1h, approvalFor: []}",
            "{maintenance: [{from: 2026-11-22T03:00:00Z, to: 2026-11-22T03:10:00Z, reason: upgrade}]}");
    Story story = Story.calm(Examples.decider(policy)).down().timer(Duration.ofSeconds(6));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.MAINTENANCE);
    story.later(Duration.ofMinutes(10)).down();
    assertThat(story.kinds()).contains(IncidentKind.UNBLOCKED, IncidentKind.PLAN_ISSUED);
  }

  @Test
  void lostQuorumBlocksAPlan() {
    Decider patient =
        Examples.decider(Examples.POLICY.replace("restoreAfter: 5s", "restoreAfter: 40s"));
    Story story = Story.calm(patient).down().timer(Duration.ofSeconds(31));
    story.timer(Duration.ofSeconds(10));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.NO_QUORUM);
    assertThat(story.commands).isEmpty();
  }

  /** What was confirmed before a pause is not acted on until it is confirmed again. */
  @Test
  void aDeciderThatWasAwayPlansNothingUntilItHasHeardAQuorumAgain() {
    Story story = Story.calm().down().timer(Duration.ofMinutes(2));
    assertThat(story.commands).isEmpty();
    Story stillDown = Story.calm().down().timer(Duration.ofMinutes(2)).down();
    assertThat(stillDown.commands).hasSize(1);
    Story healed = Story.calm().down().timer(Duration.ofMinutes(2)).up();
    assertThat(healed.commands).isEmpty();
    assertThat(healed.kinds()).contains(IncidentKind.SELF_HEALED);
  }

  @Test
  void observeOnlyBlocksAndADryRunChangesNothing() {
    Story observing = Story.calm(Examples.decider(Examples.POLICY + "mode: observe\n"));
    observing.down().timer(Duration.ofSeconds(6));
    assertThat(observing.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.OBSERVE_ONLY);
    Story dry = Story.calm(Examples.decider(Examples.POLICY + "mode: dry-run\n")).restoring();
    assertThat(dry.command().getMode()).isEqualTo(Mode.DRY_RUN);
    dry.done();
    assertThat(dry.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(dry.commands).hasSize(1);
    assertThat(dry.state.getComponents().get(0).getFailedRecoveries())
        .as("a dry run is no failed recovery")
        .isZero();
  }

  // ---- several components ---------------------------------------------------------------------

  /** From calm to a recovery of the first of two databases, while the second fails too. */
  private static Story twoDatabases() {
    String second =
        Examples.INVENTORY.substring(Examples.INVENTORY.indexOf("      - name: postgresql"));
    String inventory =
        Examples.INVENTORY + second.replace("- name: postgresql\n", "- name: ledger\n");
    Story story = Story.calm(Examples.decider(inventory, Examples.POLICY));
    story.restorePoint("ledger", "rp-2", Duration.ofMinutes(5), RestorePointState.AVAILABLE);
    story.restoring();
    return story.allSay("ledger", HealthStatus.DOWN, Symptom.UNREACHABLE, 9);
  }

  @Test
  void aSecondStoreRaisesTheSeverityAndJoinsThePlan() {
    Story story = twoDatabases();
    assertThat(story.kinds()).contains(IncidentKind.COMPONENT_JOINED, IncidentKind.SEVERITY_RAISED);
    assertThat(story.state.getIncident().getSeverity()).isEqualTo(Severity.P0);
    assertThat(story.state.getIncident().getSteps())
        .extracting(step -> step.getId())
        .containsExactly(
            "postgresql.restore",
            "postgresql.cutover",
            "ledger.restore",
            "ledger.cutover",
            "verify");
  }

  /** The executor was right when it looked; a person who has looked too wants it restored. */
  @Test
  void aStoreThatWasFoundSoundAndIsNeverSeenUpIsRecoveredWhenAPersonSaysSo() {
    Story story = twoDatabases().failed(FailureCode.SOURCE_SOUND);
    assertThat(story.dispatched()).containsExactly("postgresql.restore", "ledger.restore");
    story.accepted().done().accepted().done().accepted().verdict(CheckStatus.PASS);
    story.allSay("ledger", HealthStatus.UP, Symptom.NONE, 3);
    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    assertThat(story.phase()).as("not over while it is down").contains(IncidentPhase.SETTLING);
    story.timer(Settling.SETTLE_TIMEOUT);
    assertThat(story.phase()).contains(IncidentPhase.ESCALATED);
    assertThat(story.view("postgresql").getFailedRecoveries()).isZero();

    story.allSay(HealthStatus.DOWN, Symptom.UNREACHABLE, 3);
    story.decree(ApprovalKind.RETRY, "").accepted().done().accepted().done();
    assertThat(story.dispatched())
        .endsWith("verify", "postgresql.restore", "postgresql.cutover", "verify");
  }

  // ---- the core itself ------------------------------------------------------------------------

  @Test
  void decidingDoesNotChangeTheStateItWasGiven() {
    Story story = Story.calm().cuttingOver();
    Framing framing = new Framing();
    byte[] before = framing.encode(story.state);
    PlatformState given = story.state;
    story.accepted().failed(FailureCode.UNKNOWN);
    assertThat(framing.encode(given)).isEqualTo(before);
  }

  @AfterAll
  static void everyTransitionWasVisited() {
    assertThat(IncidentTable.TABLE.unvisited())
        .as("incident transitions that no test takes")
        .isEmpty();
    assertThat(StepTable.TABLE.unvisited()).as("step transitions that no test takes").isEmpty();
  }

  /** {@code -Ddiagrams.write=true} writes them anew. */
  @Test
  void theDiagramsInTheDocumentsAreThoseOfTheTables() throws IOException {
    Map<String, String> diagrams =
        Map.of(
            "incident-states.md", IncidentTable.TABLE.diagram(),
            "step-states.md", StepTable.TABLE.diagram());
    for (Map.Entry<String, String> each : diagrams.entrySet()) {
      Path file = Path.of("../../docs/generated").resolve(each.getKey());
      if (Boolean.getBoolean("diagrams.write")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, each.getValue(), StandardCharsets.UTF_8);
      }
      assertThat(Files.readString(file)).as("%s is stale", file).isEqualTo(each.getValue());
    }
  }
}
