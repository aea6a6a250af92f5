package io.arbitex.recovery.detector.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VolumeJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-28T03:00:00Z");
  private static final String GONE = "FailedMount: no such disk";
  private static final String ELSEWHERE =
      "FailedAttachVolume: Multi-Attach error for volume: already used by a pod on another node";

  private final VolumeJudge judge = new VolumeJudge("buffer", Duration.ofMinutes(2), 0.9);

  private int lasting = 60;

  private Observation judge(
      String phase, int age, boolean volumeThere, int pods, int ready, String... troubles) {
    List<String> names = List.of("pod-0", "pod-1", "pod-2");
    return judge.judge(
        new VolumeView(
            Optional.ofNullable(phase),
            NOW.minusSeconds(age),
            volumeThere,
            names.subList(0, pods),
            names.subList(0, ready),
            Stream.of(troubles).map(text -> new Trouble(text, NOW.minusSeconds(lasting))).toList(),
            OptionalDouble.empty()),
        NOW);
  }

  private static void assertSeen(Observation seen, HealthStatus status, Symptom symptom) {
    assertThat(seen.status()).as(seen.detail()).isEqualTo(status);
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
  }

  @Test
  void aBoundClaimWhoseVolumeIsThereIsUp() {
    assertSeen(judge("Bound", 60, true, 2, 2), HealthStatus.UP, Symptom.NONE);
    // A pod that is slow for another reason says nothing of its volume.
    assertSeen(judge("Bound", 60, true, 2, 0), HealthStatus.UP, Symptom.NONE);
  }

  @Test
  void aVolumeThatIsGoneIsLostData() {
    assertSeen(judge("Lost", 60, false, 2, 0), HealthStatus.DOWN, Symptom.DATA_LOST);
    assertSeen(judge("Bound", 60, false, 2, 0), HealthStatus.DOWN, Symptom.DATA_LOST);
    assertSeen(judge(null, 60, false, 2, 0), HealthStatus.DOWN, Symptom.UNREACHABLE);
  }

  /** Review: pods that go on writing to a mounted disk were to be stopped for an older snapshot. */
  @Test
  void aVolumeThatIsGoneWhilePodsAreReadyWithItsDiskIsAPersons() {
    assertSeen(judge("Lost", 60, false, 2, 2), HealthStatus.DEGRADED, Symptom.UNCLASSIFIED);
    assertSeen(judge("Bound", 60, false, 2, 1), HealthStatus.DEGRADED, Symptom.UNCLASSIFIED);
  }

  @Test
  void aClaimThatWaitsIsToldApartFromOneThatWaitsTooLongAndOneThatNobodyWants() {
    assertSeen(judge("Pending", 30, false, 1, 0), HealthStatus.DOWN, Symptom.STARTING);
    assertSeen(judge("Pending", 121, false, 1, 0), HealthStatus.DOWN, Symptom.UNREACHABLE);
    assertThat(judge("Pending", 9_999, false, 0, 0).status()).isEqualTo(HealthStatus.UNKNOWN);
  }

  @Test
  void aDiskThatCannotBeMountedIsDownOnlyWhenNobodyHasIt() {
    assertSeen(judge("Bound", 60, true, 2, 0, GONE), HealthStatus.DOWN, Symptom.UNREACHABLE);
    assertSeen(judge("Bound", 60, true, 2, 1, GONE), HealthStatus.DEGRADED, Symptom.UNCLASSIFIED);
  }

  /** Review: every drain of a node would have paged. */
  @Test
  void aDiskThatMovesBetweenNodesIsNoLossAndOnlyOneThatStaysIsToldToPeople() {
    for (String said : List.of(ELSEWHERE, "FailedAttachVolume: already attached to node(a)")) {
      lasting = 60;
      assertThat(judge("Bound", 60, true, 1, 0, GONE, said).status())
          .isEqualTo(HealthStatus.UNKNOWN);
      lasting = 500;
      assertSeen(judge("Bound", 60, true, 1, 0, GONE, said), HealthStatus.DEGRADED, Symptom.BUSY);
    }
  }

  @Test
  void aClaimThatIsBeingDeletedIsSaidWithWhoHoldsIt() {
    Observation seen = judge("Terminating", 60, true, 1, 1);
    assertSeen(seen, HealthStatus.DEGRADED, Symptom.UNCLASSIFIED);
    assertThat(seen.detail()).contains("pod-0");
  }

  @Test
  void aVolumeThatIsFullIsToldAndOneThatIsNotIsUp() {
    VolumeView nearly =
        new VolumeView(
            Optional.of("Bound"),
            NOW,
            true,
            List.of("pod-0"),
            List.of("pod-0"),
            List.of(),
            OptionalDouble.of(0.89));
    assertSeen(judge.judge(nearly, NOW), HealthStatus.UP, Symptom.NONE);
    VolumeView full =
        new VolumeView(
            Optional.of("Bound"),
            NOW,
            true,
            List.of("pod-0"),
            List.of("pod-0"),
            List.of(),
            OptionalDouble.of(0.93));
    assertSeen(judge.judge(full, NOW), HealthStatus.DEGRADED, Symptom.DISK_FULL);
  }
}
