package io.arbitex.recovery.console.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static String failed(String leftBehind) {
    return new Lines()
        .of(
            StepEvent.newBuilder()
                .setId("e")
                .setCommandId("i/cutover/1")
                .setIncidentId("i")
                .setPlatform("lab")
                .setStepId("cutover")
                .setWorker("cutover")
                .setOwner("executor-1")
                .setTransition(StepTransition.FAILED)
                .setAction("")
                .setStartedAt(Instant.EPOCH)
                .setAt(Instant.EPOCH)
                .setText("")
                .setFacts(List.of())
                .setError(
                    new StepError(FailureCode.AUTHENTICATION, "HTTP 403", "mend it", leftBehind))
                .build())
        .orElseThrow();
  }

  /** Review: what a step left behind was recorded, and read by nobody. */
  @Test
  void theLineOfAFailedStepSaysWhatItLeftBehind() {
    assertThat(failed("start the writers again failed"))
        .contains("AUTHENTICATION: HTTP 403; left behind: start the writers again failed");
    assertThat(failed("")).endsWith("HTTP 403");
  }
}
