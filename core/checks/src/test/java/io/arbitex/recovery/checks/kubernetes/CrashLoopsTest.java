package io.arbitex.recovery.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrashLoopsTest {
  private static Pod pod(ContainerStatus container) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("app")
        .endMetadata()
        .withNewStatus()
        .withContainerStatuses(container)
        .endStatus()
        .build();
  }

  private static ContainerStatus waiting(String reason) {
    return new ContainerStatusBuilder()
        .withName("main")
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .endWaiting()
        .endState()
        .build();
  }

  private static ContainerStatus running(int restarts, boolean ready, int exitCode) {
    return new ContainerStatusBuilder()
        .withName("main")
        .withReady(ready)
        .withRestartCount(restarts)
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .withNewLastState()
        .withNewTerminated()
        .withExitCode(exitCode)
        .endTerminated()
        .endLastState()
        .build();
  }

  private static List<String> loops(ContainerStatus container) {
    return CrashLoops.in(List.of(pod(container)));
  }

  @Test
  void aContainerThatWaitsForItsNextCrashIsNamed() {
    assertThat(loops(waiting("CrashLoopBackOff"))).containsExactly("app/main");
    assertThat(loops(waiting("ContainerCreating"))).isEmpty();
  }

  @Test
  void betweenTwoCrashesItIsKnownByItsRestartsUntilItIsReady() {
    assertThat(loops(running(3, false, 1))).containsExactly("app/main");
    assertThat(loops(running(2, false, 1))).as("it may have been early").isEmpty();
    assertThat(loops(running(3, true, 1))).as("it came up").isEmpty();
    assertThat(loops(running(3, false, 0))).as("it ended as it should").isEmpty();
  }

  @Test
  void aPodWithoutAStatusOrOnItsWayOutSaysNothing() {
    Pod leaving =
        new PodBuilder(pod(waiting("CrashLoopBackOff")))
            .editMetadata()
            .withDeletionTimestamp("2026-11-28T03:00:00Z")
            .endMetadata()
            .build();
    Pod young = new PodBuilder(pod(waiting("CrashLoopBackOff"))).withStatus(null).build();
    assertThat(CrashLoops.in(List.of(leaving, young))).isEmpty();
  }
}
