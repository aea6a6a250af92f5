package io.arbitex.recovery.executors.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SequenceMarginTest {
  private static Optional<Long> next(
      long increment, long least, long most, boolean cycles, Long last) {
    long start = increment > 0 ? least : most;
    return SequenceMargin.next(
        new SequenceMargin.State(
            "s", start, least, most, increment, cycles, Optional.ofNullable(last)));
  }

  @Test
  void aThousandOrOnePercentIsLeftOut() {
    assertThat(next(1, 1, Long.MAX_VALUE, false, 500L)).hasValue(1_501L);
    assertThat(next(1, 1, Long.MAX_VALUE, false, 1_000_001L)).hasValue(1_010_002L);
    assertThat(next(50, 1, Long.MAX_VALUE, false, 1L)).hasValue(50_051L);
    assertThat(next(-1, -10_000, -1, false, -5L)).hasValue(-1_006L);
  }

  @Test
  void oneThatWasNeverUsedMayHaveBeenUsedSince() {
    assertThat(next(1, 1, Long.MAX_VALUE, false, null)).hasValue(1_001L);
  }

  @Test
  void oneThatWouldEndOrCyclesStays() {
    assertThat(next(1, 1, 32_767, false, 32_000L)).isEmpty();
    assertThat(next(1, 1, Long.MAX_VALUE, false, Long.MAX_VALUE - 5)).isEmpty();
    assertThat(next(1, 1, 32_767, true, 5L)).isEmpty();
  }
}
