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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Even seeds run step by step, odd ones side by side. */
class ClusterSimulationTest {
  private static final int SEEDS_PER_FAULT = 10;
  private static final int ONE_IN_SO_MANY_IS_REPLAYED = 8;

  private final Decider oneByOne = Examples.decider(Examples.WITH_CLUSTER, Examples.POLICY);
  private final Decider sideBySide =
      Examples.decider(Examples.WITH_CLUSTER, Examples.POLICY + "procedures: {parallel: true}\n");

  @ParameterizedTest
  @EnumSource(ClusterSimulation.Fault.class)
  void whateverFailsInWhateverOrderTheRulesOfAPlanHold(ClusterSimulation.Fault fault)
      throws InvalidConfiguration {
    List<String> failures = new ArrayList<>();
    Map<IncidentKind, Integer> seen = new EnumMap<>(IncidentKind.class);
    int intoTheNew = 0;
    for (long seed : Seeds.of(SEEDS_PER_FAULT)) {
      boolean parallel = seed % 2 == 1;
      ClusterSimulation simulation =
          new ClusterSimulation(seed, fault, parallel, parallel ? sideBySide : oneByOne);
      try {
        simulation.run();
        check(simulation, fault, seed);
      } catch (AssertionError | RuntimeException e) {
        failures.add("seed " + seed + ": " + e + "\n" + story(simulation));
      }
      intoTheNew += simulation.rules.intoTheNew;
      simulation.incidents.forEach(event -> seen.merge(event.getKind(), 1, Integer::sum));
    }
    assertThat(failures).as("with %s", fault).isEmpty();
    assertThat(seen).as("it was tried at all").containsKey(IncidentKind.OPENED);
    if (fault == ClusterSimulation.Fault.EVERYTHING) {
      assertThat(seen).as("some are recovered to the end").containsKey(IncidentKind.RESOLVED);
      assertThat(intoTheNew).as("commands went into a cluster's successor").isPositive();
    }
  }

  private static void check(ClusterSimulation simulation, ClusterSimulation.Fault fault, long seed)
      throws InvalidConfiguration {
    assertThat(simulation.rules.broken).isEmpty();
    switch (fault) {
      case CLUSTER_ONLY, HEALTH_ONLY -> assertThat(simulation.commands).isEmpty();
      default -> {
        List<IncidentKind> kinds =
            simulation.incidents.stream().map(event -> event.getKind()).toList();
        assertThat(
                simulation.isOver()
                    || kinds.contains(IncidentKind.ESCALATED)
                    || kinds.contains(IncidentKind.BLOCKED))
            .as("it ends, or a person knows of it")
            .isTrue();
      }
    }
    if (seed % ONE_IN_SO_MANY_IS_REPLAYED == 1) {
      Replay replay = new Replay(new Framing(), Optional.empty());
      for (Decision decision : simulation.decisions) {
        assertThat(replay.next(decision))
            .as("decision %s", decision.getId())
            .hasValueSatisfying(step -> assertThat(step.identical()).isTrue());
      }
    }
  }

  private static String story(ClusterSimulation simulation) {
    return simulation.incidents.stream()
        .map(event -> "  " + event.getAt() + " " + event.getKind() + " " + event.getText())
        .collect(Collectors.joining("\n"));
  }
}
