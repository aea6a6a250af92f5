package io.arbitex.recovery.decider.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.Examples;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.schemas.Framing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeded runs; a failing one prints its seed, and {@link Seeds} says how to run it alone. */
class SimulationTest {
  private static final int SEEDS_PER_FAULT = 60;
  private final Decider decider = Examples.decider();

  @ParameterizedTest
  @EnumSource(Simulation.Fault.class)
  void whateverHappensTheRulesHold(Simulation.Fault fault) throws InvalidConfiguration {
    List<String> failures = new ArrayList<>();
    for (long seed : Seeds.of(SEEDS_PER_FAULT)) {
      Simulation simulation = new Simulation(seed, fault, true, decider);
      try {
        simulation.run();
        check(simulation, fault);
      } catch (AssertionError | RuntimeException e) {
        failures.add("seed " + seed + ": " + e + "\n" + story(simulation));
      }
    }
    assertThat(failures).as("with %s", fault).isEmpty();
  }

  private static void check(Simulation simulation, Simulation.Fault fault)
      throws InvalidConfiguration {
    ModelWorld world = simulation.world;
    assertThat(world.broken).isEmpty();
    List<IncidentKind> kinds = simulation.incidents.stream().map(event -> event.getKind()).toList();
    switch (fault) {
      case LOST, LOST_AND_BAD_DUMP -> {
        assertThat(kinds).contains(IncidentKind.RESOLVED).doesNotContain(IncidentKind.ESCALATED);
        assertThat(world.everPublished).hasSize(1).containsExactly(world.secret);
        assertThat(world.spare.keySet()).as("no partial database").containsExactly(world.secret);
        assertThat(world.platformServes()).isTrue();
      }
      case SHORT_OUTAGE, ONE_OBSERVER_WRONG -> {
        assertThat(simulation.commands).as("nothing is begun").isEmpty();
        assertThat(world.creations).isZero();
        assertThat(world.secret).isEqualTo("primary");
      }
      case RETURNS -> {
        assertThat(kinds).containsAnyOf(IncidentKind.RESOLVED, IncidentKind.SELF_HEALED);
        assertThat(world.platformServes()).isTrue();
        assertThat(world.everPublished).hasSizeLessThanOrEqualTo(1);
      }
    }
    assertThat(simulation.bound())
        .as("what the platform uses is what the pipeline takes for the component")
        .isEqualTo(world.secret.equals("primary") ? "primary" : "spare/" + world.secret);
    replaysIdentically(simulation);
  }

  private static void replaysIdentically(Simulation simulation) throws InvalidConfiguration {
    Replay replay = new Replay(new Framing(), Optional.empty());
    for (Decision decision : simulation.decisions) {
      assertThat(replay.next(decision))
          .as("decision %s", decision.getId())
          .hasValueSatisfying(step -> assertThat(step.identical()).isTrue());
    }
  }

  @Test
  void theSameSeedGivesTheSameDecisions() {
    List<List<Decision>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Simulation simulation = new Simulation(42, Simulation.Fault.LOST, true, decider);
      simulation.run();
      runs.add(simulation.decisions);
    }
    assertThat(runs.get(0)).isNotEmpty().isEqualTo(runs.get(1));
  }

  private static String story(Simulation simulation) {
    StringBuilder story = new StringBuilder();
    simulation.incidents.forEach(
        event ->
            story
                .append("  ")
                .append(event.getAt())
                .append(' ')
                .append(event.getKind())
                .append(' ')
                .append(event.getText())
                .append('\n'));
    return story.toString();
  }
}
