package io.arbitex.recovery.lab.kubernetes.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.kubernetes.controllers.OrdinalPlan.State;
import io.arbitex.recovery.lab.kubernetes.controllers.OrdinalPlan.Steps;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OrdinalPlanTest {
  private static final State READY = new State(false, false, true, true);
  private static final State STARTING = new State(false, false, false, true);
  private static final State GOING = new State(false, true, false, true);
  private static final State OLD = new State(false, false, true, false);
  private static final State OLD_BROKEN = new State(false, false, false, false);

  private static Steps next(int replicas, State... states) {
    SortedMap<Integer, State> pods = new TreeMap<>();
    for (int i = 0; i < states.length; i++) {
      pods.put(i, states[i]);
    }
    return OrdinalPlan.next(replicas, false, true, 0, pods);
  }

  private static Steps make(Integer... ordinals) {
    return new Steps(List.of(ordinals), List.of());
  }

  private static Steps delete(Integer... ordinals) {
    return new Steps(List.of(), List.of(ordinals));
  }

  @Test
  void upwardsInOrder() {
    assertThat(next(3)).isEqualTo(make(0));
    assertThat(next(3, STARTING)).isEqualTo(make());
    assertThat(next(3, READY)).isEqualTo(make(1));
    assertThat(next(1, READY)).isEqualTo(make());
  }

  @Test
  void downwardsOneAtATime() {
    assertThat(next(0, READY, READY)).isEqualTo(delete(1));
    assertThat(next(0, READY, GOING)).isEqualTo(delete());
    assertThat(next(0, READY)).isEqualTo(delete(0));
  }

  @Test
  void parallelDoesNotWait() {
    assertThat(OrdinalPlan.next(2, true, true, 0, new TreeMap<>())).isEqualTo(make(0, 1));
  }

  @Test
  void updatesFromTheTop() {
    assertThat(next(2, OLD, OLD)).isEqualTo(delete(1));
    assertThat(next(2, OLD, STARTING)).isEqualTo(delete());
    assertThat(next(2, OLD, READY)).isEqualTo(delete(0));
  }

  @Test
  void aBrokenTemplateCanBeMended() {
    assertThat(next(1, OLD_BROKEN)).isEqualTo(delete(0));
  }
}
