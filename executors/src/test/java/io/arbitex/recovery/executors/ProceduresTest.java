package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.schemas.Worker;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProceduresTest {
  /** Commands for volumes were sent, and no executor took them. */
  @Test
  void everyWorkerThatAPlanNamesIsStarted() {
    Set<Worker> planned = EnumSet.allOf(Worker.class);
    // A service of its own.
    planned.remove(Worker.VERIFIER);
    assertThat(Procedures.WORKERS).containsExactlyInAnyOrderElementsOf(planned);
  }
}
