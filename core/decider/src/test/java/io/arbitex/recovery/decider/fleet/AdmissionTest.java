package io.arbitex.recovery.decider.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.AdmissionView;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");

  private final Map<String, AdmissionView> kept = new HashMap<>();
  private Admission admission = among(20, 10);

  /** By the default share of a fifth, twenty platforms have four places. */
  private Admission among(int platforms, int limit) {
    Set<String> known =
        IntStream.range(0, platforms).mapToObj(i -> "p" + i).collect(Collectors.toSet());
    return new Admission(kept.values(), known, new Policy.Fleet(0.2, limit));
  }

  private List<String> asks(String platform, long number) {
    return take(platform, FleetKind.REQUEST, number);
  }

  private List<String> ends(String platform, long number) {
    return take(platform, FleetKind.RELEASE, number);
  }

  private List<String> take(String platform, FleetKind kind, long number) {
    return keep(
        admission.take(new FleetEvent("id", platform, "inc-" + number, kind, NOW, number), NOW));
  }

  private List<String> keep(Admission.Change change) {
    change.changed().forEach(view -> kept.put(view.getPlatform(), view));
    return change.grants().stream()
        .map(grant -> grant.getPlatform() + " " + grant.getNumber())
        .toList();
  }

  private void full() {
    for (int i = 0; i < 4; i++) {
      assertThat(asks("p" + i, 1)).containsExactly("p" + i + " 1");
    }
  }

  @Test
  void asManyAreLetInAsThePolicySaysAndTheOthersInTheOrderInWhichTheyCame() {
    full();
    assertThat(asks("p9", 1)).isEmpty();
    assertThat(asks("p8", 1)).isEmpty();
    assertThat(ends("p2", 1)).containsExactly("p9 1");
    assertThat(ends("p0", 1)).containsExactly("p8 1");
    assertThat(ends("p1", 1)).isEmpty();
  }

  @Test
  void aFleetOfOneIsLetInAtOnce() {
    admission = among(1, 10);
    assertThat(asks("p0", 1)).containsExactly("p0 1");
  }

  @Test
  void whatIsToldTwiceLateOrInAnotherOrderChangesNothing() {
    full();
    assertThat(asks("p0", 1)).as("granted already").isEmpty();
    assertThat(ends("p7", 1)).as("overtook its request").isEmpty();
    assertThat(asks("p7", 1)).as("its incident has ended").isEmpty();
    assertThat(asks("p5", 1)).isEmpty();
    assertThat(asks("p5", 1)).isEmpty();
    assertThat(ends("p0", 1)).containsExactly("p5 1");
    assertThat(ends("p0", 1)).isEmpty();
    assertThat(asks("p0", 1)).as("a late copy").isEmpty();
    assertThat(asks("p0", 2)).isEmpty();
    assertThat(ends("p0", 1)).as("an old release").isEmpty();
    assertThat(ends("p1", 1)).containsExactly("p0 2");
    assertThat(ends("p2", 1)).as("p7 is not in the queue").isEmpty();
  }

  @Test
  void aPlatformThatAsksAnewHasOnePlaceAndStandsAtTheEndOfTheQueue() {
    full();
    asks("p5", 1);
    assertThat(asks("p0", 2))
        .as("its place is free: the next in the queue")
        .containsExactly("p5 1");
    assertThat(asks("p5", 2)).containsExactly("p0 2");
    assertThat(asks("p5", 3)).isEmpty();
    assertThat(ends("p1", 1)).as("once, for the newest request").containsExactly("p5 3");
    assertThat(ends("p2", 1)).isEmpty();
  }

  @Test
  void whoLeavesTheQueueIsPassedOver() {
    full();
    asks("p5", 1);
    asks("p6", 1);
    ends("p5", 1);
    assertThat(ends("p0", 1)).containsExactly("p6 1");
  }

  @Test
  void aLoweredLimitTakesNoPlaceAwayAndARaisedOneLetsInAtTheNextLook() {
    full();
    asks("p5", 1);
    asks("p6", 1);
    admission = among(20, 2);
    assertThat(keep(admission.look(NOW))).isEmpty();
    assertThat(ends("p0", 1)).isEmpty();
    assertThat(ends("p1", 1)).isEmpty();
    assertThat(ends("p2", 1)).as("fewer than two by now").containsExactly("p5 1");
    admission = among(40, 10);
    assertThat(keep(admission.look(NOW))).containsExactly("p6 1");
  }

  @Test
  void aPlatformThatLeftTheInventoryTakesNoPlaceFromTheOthers() {
    asks("old", 1);
    full();
    assertThat(asks("p5", 1)).isEmpty();
    assertThat(ends("old", 1)).isEmpty();
    assertThat(ends("p0", 1)).containsExactly("p5 1");
  }

  @Test
  void itGoesOnFromWhatWasKeptAndNothingElse() {
    long seed = Long.getLong("simulation.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, Long> numbers = new HashMap<>();
    Set<String> inside = new HashSet<>();
    List<String> queue = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(10) == 0) {
        admission = among(20, 10);
      }
      String platform = "p" + random.nextInt(20);
      List<String> letIn;
      if (inside.contains(platform) || queue.contains(platform)) {
        letIn = ends(platform, numbers.get(platform));
        inside.remove(platform);
        queue.remove(platform);
      } else {
        letIn = asks(platform, numbers.merge(platform, 1L, Long::sum));
        queue.add(platform);
      }
      for (String grant : letIn) {
        assertThat(grant).as("seed %d", seed).startsWith(queue.get(0) + " ");
        inside.add(queue.remove(0));
      }
      assertThat(inside.size()).as("seed %d", seed).isLessThanOrEqualTo(4);
      assertThat(inside.size() == 4 || queue.isEmpty()).as("seed %d", seed).isTrue();
    }
  }
}
