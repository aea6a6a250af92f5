package io.arbitex.recovery.decider.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ten thousand platforms; {@code -Dsimulation.seed=N} runs a failing one again. */
class FleetSimulationTest {
  private static final int PLATFORMS = 10_000;
  private static final int LIMIT = 50;

  @Test
  void aStormRecoversNoMoreAtOnceThanMayBeAndForgetsNobody() {
    long seed = Long.getLong("simulation.seed", System.nanoTime());
    System.out.println("simulation.seed=" + seed);
    FleetSimulation fleet = new FleetSimulation(seed, PLATFORMS, LIMIT);
    fleet.storm(Duration.ofSeconds(1), 30, Duration.ofSeconds(10));
    fleet.storm(Duration.ofMinutes(10), 1_500, Duration.ofSeconds(20));
    fleet.storm(Duration.ofMinutes(25), 500, Duration.ofMinutes(10));
    fleet.storm(Duration.ofHours(3), 1_000, Duration.ofSeconds(1));
    fleet.run();

    assertThat(fleet.most).as("seed %d: at once", seed).isEqualTo(LIMIT);
    Set<String> over = new HashSet<>(fleet.recovered);
    over.addAll(fleet.healed);
    assertThat(over).as("seed %d: lost and back again", seed).isEqualTo(fleet.lost).hasSize(3_030);
    assertThat(fleet.open()).as("seed %d: places that were not given back", seed).isEmpty();
    assertThat(fleet.letIn)
        .as("seed %d: first come, first served", seed)
        .containsExactlyElementsOf(fleet.asked);
    assertThat(fleet.escalated).as("seed %d: some were retried", seed).isPositive();
    assertThat(fleet.healed).as("seed %d: some came back while they waited", seed).isNotEmpty();
    assertThat(fleet.held).as("seed %d: some were held", seed).isPositive();
  }
}
