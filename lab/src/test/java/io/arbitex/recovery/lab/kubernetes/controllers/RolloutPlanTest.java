package io.arbitex.recovery.lab.kubernetes.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.kubernetes.controllers.RolloutPlan.Sizes;
import io.arbitex.recovery.lab.kubernetes.controllers.RolloutPlan.State;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RolloutPlanTest {
  @Test
  void sharesOfReplicas() {
    assertThat(RolloutPlan.share("25%", 3, true)).isEqualTo(1);
    assertThat(RolloutPlan.share("25%", 3, false)).isZero();
    assertThat(RolloutPlan.share("2", 3, false)).isEqualTo(2);
  }

  @Test
  void aFirstRolloutStartsAllAtOnce() {
    assertThat(RolloutPlan.rolling(3, 1, 0, new State(0, 0), List.of()))
        .isEqualTo(new Sizes(3, List.of()));
  }

  @Test
  void scalingDownNeedsNoRollout() {
    assertThat(RolloutPlan.rolling(0, 0, 0, new State(3, 3), List.of()))
        .isEqualTo(new Sizes(0, List.of()));
  }

  @Test
  void brokenOldPodsGoFirst() {
    assertThat(RolloutPlan.rolling(3, 1, 0, new State(0, 0), List.of(new State(3, 1))))
        .satisfies(sizes -> assertThat(sizes.old().get(0)).isGreaterThanOrEqualTo(1));
  }

  @Test
  void recreateWaitsForTheOldPods() {
    State old = new State(2, 2);
    assertThat(RolloutPlan.recreate(2, new State(0, 0), List.of(old), false))
        .isEqualTo(new Sizes(0, List.of(0)));
    assertThat(RolloutPlan.recreate(2, new State(0, 0), List.of(old), true))
        .isEqualTo(new Sizes(2, List.of(0)));
  }

  /** Any rollout ends, never has too many pods and never too few that serve. */
  @Test
  void boundsHoldOnEveryPath() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      int desired = 1 + random.nextInt(6);
      int surge = random.nextInt(3);
      int unavailable = surge == 0 ? 1 : random.nextInt(2);
      State young = new State(0, 0);
      State old = new State(desired, desired);
      int steps = 0;
      while (young.available() < desired || old.replicas() > 0) {
        assertThat(++steps).as("seed %s", seed).isLessThan(200);
        Sizes next = RolloutPlan.rolling(desired, surge, unavailable, young, List.of(old));
        int oldSize = next.old().get(0);
        old = new State(oldSize, Math.min(old.available(), oldSize));
        int ready = young.available();
        young = new State(next.young(), Math.min(ready, next.young()));
        assertThat(young.replicas() + old.replicas())
            .as("seed %s", seed)
            .isLessThanOrEqualTo(desired + surge);
        assertThat(young.available() + old.available())
            .as("seed %s", seed)
            .isGreaterThanOrEqualTo(desired - unavailable);
        if (young.available() < young.replicas() && random.nextBoolean()) {
          young = new State(young.replicas(), young.available() + 1);
        }
      }
    }
  }
}
