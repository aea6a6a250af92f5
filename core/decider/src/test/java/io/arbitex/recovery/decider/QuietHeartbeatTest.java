package io.arbitex.recovery.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.schemas.Framing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class QuietHeartbeatTest {
  private final Framing framing = new Framing();

  /** Random walks: mostly heartbeats, with silence, bad looks, alerts, late and repeated events. */
  @Test
  void theShortWayGivesWhatTheLongOneGivesByteForByte() {
    assertThat(shortWays(300, () -> Story.calm(), "postgresql"))
        .as("the short way was tried often")
        .isGreaterThan(5_000);
  }

  @Test
  void soItDoesOfAPlatformWithACluster() {
    assertThat(
            shortWays(
                60,
                () -> ClusterWorld.calm(Examples.POLICY).story,
                "postgresql",
                "redis",
                "buffer",
                "cluster",
                "public-health"))
        .as("the short way was tried often")
        .isGreaterThan(500);
  }

  private int shortWays(int seeds, Supplier<Story> calm, String... components) {
    int shortWays = 0;
    for (long seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      Story story = calm.get();
      for (int i = 0; i < 60; i++) {
        story.later(Duration.ofMillis(random.nextInt(random.nextInt(25) == 0 ? 45_000 : 1_500)));
        if (random.nextInt(60) == 0) {
          story.timer(Duration.ofMillis(1));
        } else if (random.nextInt(80) == 0) {
          story.fires("alertmanager", "alert-" + i, story.now);
        } else if (random.nextInt(80) == 0) {
          story.state = Decider.resumed(story.state, story.now);
        }
        String component = components[random.nextInt(components.length)];
        HealthEvent event = event(random, story, component);
        shortWays += compare(story, event, seed) ? 1 : 0;
        story.tell(new Input.Health(event));
      }
    }
    return shortWays;
  }

  private boolean compare(Story story, HealthEvent event, long seed) {
    Decider decider = story.decider;
    Inventory.Platform platform = decider.platform("lab");
    PlatformState before = story.state;
    Instant now = story.now;
    byte[] untouched = framing.encode(before);
    Optional<PlatformState> quiet =
        QuietHeartbeat.after(before, platform, decider.policy(), event, now);
    if (quiet.isEmpty()) {
      return false;
    }
    Decided full = decider.decideInFull(before, platform, new Input.Health(event), now);
    assertThat(full.significant() || full.rejected().isPresent()).as("seed %d", seed).isFalse();
    assertThat(full.outputs()).as("seed %d", seed).isEmpty();
    assertThat(framing.encode(quiet.get()))
        .as("seed %d", seed)
        .isEqualTo(framing.encode(full.state()));
    assertThat(framing.encode(before)).as("the state before is not changed").isEqualTo(untouched);
    return true;
  }

  private static HealthEvent event(Random random, Story story, String component) {
    boolean bad = random.nextInt(30) == 0;
    HealthStatus worse = random.nextInt(3) == 0 ? HealthStatus.UNKNOWN : HealthStatus.DOWN;
    HealthEvent event =
        story.health(
            "observer-" + random.nextInt(random.nextInt(40) == 0 ? 5 : 3),
            random.nextInt(40) == 0 ? "unknown" : component,
            bad ? worse : HealthStatus.UP,
            bad ? Symptom.UNREACHABLE : Symptom.NONE,
            1 + random.nextInt(6));
    if (random.nextInt(20) == 0) {
      event.setObservedAt(story.now.plusMillis(random.nextInt(40_000) - 30_000L));
    }
    if (random.nextInt(60) == 0) {
      event.setBindingEpoch(7);
    }
    return event;
  }

  @Test
  void anotherClassifierThatTakesOverDoesNotTakeUnkeptHeartbeatsForSilence() {
    Story story = Story.calm();
    PlatformState kept = framing.decode(framing.encode(story.state), PlatformState.class);
    story.later(Duration.ofHours(3));
    story.state = Decider.resumed(kept, story.now);
    story.tell(new Input.Timer());
    story.up();
    assertThat(story.events).noneMatch(event -> event.getText().contains("can be heard"));
    assertThat(story.state.getComponents().get(0).getConfirmed()).isEqualTo(HealthStatus.UP);
  }
}
