package io.arbitex.recovery.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusinessHoursTest {
  private static BusinessHours berlin() throws InvalidConfiguration {
    return Policy.parse(
            "runbook.yaml",
            Path.of("/etc"),
            """
            version: 1
            businessHours: {zone: Europe/Berlin, from: "09:00", to: "17:00", holidays: [2026-12-25]}
            """)
        .businessHours();
  }

  /** 2026-11-27 is a Friday, 2026-12-25 a Friday and a holiday; Berlin is an hour ahead of UTC. */
  @ParameterizedTest
  @CsvSource({
    "2026-11-27T09:30:00Z, 2026-11-27T09:30:00Z",
    "2026-11-27T07:59:59Z, 2026-11-27T08:00:00Z",
    "2026-11-27T16:00:00Z, 2026-11-30T08:00:00Z",
    "2026-11-28T12:00:00Z, 2026-11-30T08:00:00Z",
    "2026-12-24T16:30:00Z, 2026-12-28T08:00:00Z",
    // The night in which the clock goes back: 09:00 is still 09:00 there.
    "2026-10-24T20:00:00Z, 2026-10-26T08:00:00Z",
  })
  void whatCanWaitWaitsForTheNextBusinessDay(Instant now, Instant told) throws Exception {
    assertThat(berlin().next(now)).isEqualTo(told);
  }

  @Test
  void onlyP2WaitsByDefault() throws Exception {
    Policy policy = Policy.parse("runbook.yaml", Path.of("/etc"), "version: 1\n");
    assertThat(policy.targets("P0").waitsForBusinessHours()).isFalse();
    assertThat(policy.targets("P1").waitsForBusinessHours()).isFalse();
    assertThat(policy.targets("P2").waitsForBusinessHours()).isTrue();
  }
}
