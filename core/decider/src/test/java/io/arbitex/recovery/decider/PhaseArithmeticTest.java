package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseArithmeticTest {
  private static final Instant START = Instant.parse("2026-11-22T03:00:00Z");

  private static PhaseInterval minutes(Phase phase, int from, int to) {
    return new PhaseInterval(
        phase, START.plus(Duration.ofMinutes(from)), START.plus(Duration.ofMinutes(to)));
  }

  @Test
  void aPhasesTimeIsTheUnionOfItsIntervals() {
    assertThat(
            PhaseArithmetic.union(
                List.of(
                    minutes(Phase.RESTORE, 10, 30),
                    minutes(Phase.RESTORE, 0, 5),
                    minutes(Phase.RESTORE, 20, 40),
                    minutes(Phase.RESTORE, 25, 28))))
        .isEqualTo(Duration.ofMinutes(35));
  }

  @Test
  void theRunbooksTargetsAreHalvedForP0AndDoubledForP2() throws InvalidConfiguration {
    Policy policy = Policy.parse("runbook.yaml", Path.of("/"), "version: 1\n");
    List<PhaseInterval> intervals =
        List.of(
            minutes(Phase.DETECTION_TRIAGE, 0, 5),
            minutes(Phase.RESTORE, 5, 45),
            minutes(Phase.VERIFY, 50, 60),
            minutes(Phase.CUTOVER, 45, 50));
    Instant end = START.plus(Duration.ofMinutes(60));
    assertThat(PhaseArithmetic.rows(intervals, START, end, policy, "P1"))
        .extracting(row -> row.target().toMinutes())
        .containsExactly(15L, 60L, 30L, 15L, 120L);
    assertThat(PhaseArithmetic.rows(intervals, START, end, policy, "P1"))
        .extracting(row -> row.cumulativeTarget().toMinutes())
        .containsExactly(15L, 75L, 105L, 120L, 120L);
    List<PhaseArithmetic.Row> p0 = PhaseArithmetic.rows(intervals, START, end, policy, "P0");
    assertThat(p0.get(1).target()).isEqualTo(Duration.ofMinutes(30));
    assertThat(p0.get(1).met()).isFalse();
    assertThat(p0.get(4).met()).isTrue();
    assertThat(PhaseArithmetic.rows(intervals, START, end, policy, "P2").get(1).target())
        .isEqualTo(Duration.ofHours(2));
  }
}
