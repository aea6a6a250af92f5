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
    // The verifier is a service of its own; nothing is planned for a cluster yet.
    planned.removeAll(Set.of(Worker.VERIFIER, Worker.AKS));
    assertThat(Procedures.WORKERS).containsExactlyInAnyOrderElementsOf(planned);
  }
}
