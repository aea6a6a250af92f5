package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Facts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class VolumeStoryTest {
  private static Story calm(String policy) {
    Story story = new Story(Examples.decider(Examples.WITH_VOLUME, policy));
    story.restorePoint("rp-1", Duration.ofMinutes(5)).up();
    return story.allSay("buffer", HealthStatus.UP, Symptom.NONE, 3);
  }

  private static Story lost(String policy) {
    Story story = calm(policy);
    story.allSay("buffer", HealthStatus.DOWN, Symptom.DATA_LOST, 3);
    return story.timer(Duration.ofSeconds(6)).accepted();
  }

  private static Fact takenBefore(Story story, Duration age) {
    return new Fact("restore-point-taken-at", story.now.minus(age).toString());
  }

  /** Its snapshots are where they are, whoever took them: the catalogue need not know of one. */
  @Test
  void aLostVolumeIsRestoredBesideAndCutOverWithoutAPerson() {
    Story story = lost(Examples.POLICY);
    assertThat(story.event(IncidentKind.OPENED).getSeverity()).isEqualTo(Severity.P1);
    assertThat(story.command().getProcedure()).isEqualTo("pvc.snapshot");
    assertThat(story.command().getWorker()).isEqualTo("pvc");
    story.done(new Fact("disk", "d"), takenBefore(story, Duration.ofMinutes(30)));
    assertThat(story.command().getProcedure()).isEqualTo("cutover.volume");
    assertThat(Facts.toMap(story.command().getParameters()))
        .containsEntry("disk", "d")
        .containsEntry("source-resource", "arbitex-audit-buffer")
        .containsEntry("source-may-live", "false");
  }

  @Test
  void aSnapshotThatIsOlderThanTheRpoWaitsForAPersonWhereThePolicySaysSo() {
    String policy =
        Examples.POLICY.replace(
            "{cooldown: 1h, approvalFor: []}",
            "{cooldown: 1h, approvalFor: [], refuseLossAboveRpo: true}");
    Story story = lost(policy);
    story.done(new Fact("disk", "d"), takenBefore(story, Duration.ofHours(5)));
    assertThat(story.event(IncidentKind.BLOCKED).getBlockedReason())
        .isEqualTo(BlockedReason.LOSS_ABOVE_RPO);
  }

  /** Another node still has it, or it is full: a restore would be a second copy, or as full. */
  @Test
  void aVolumeThatIsHeldElsewhereOrFullIsAPersonsAndNothingIsRestored() {
    for (Symptom symptom : new Symptom[] {Symptom.BUSY, Symptom.DISK_FULL}) {
      Story story = calm(Examples.POLICY);
      story.allSay("buffer", HealthStatus.DEGRADED, symptom, 3).timer(Duration.ofSeconds(6));
      assertThat(story.phase()).as(symptom.name()).contains(IncidentPhase.ESCALATED);
      assertThat(story.commands).isEmpty();
    }
  }
}
