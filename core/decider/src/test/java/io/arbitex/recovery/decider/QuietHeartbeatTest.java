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
import org.junit.jupiter.api.Test;

class QuietHeartbeatTest {
  private static final String[] COMPONENTS = {"postgresql", "unknown"};
  private final Framing framing = new Framing();
  private final Decider decider = Examples.decider();
  private final Inventory.Platform platform = decider.platform("lab");

  /** Random walks: mostly heartbeats, with silence, bad looks, alerts, late and repeated events. */
  @Test
  void theShortWayGivesWhatTheLongOneGivesByteForByte() {
    int shortWays = 0;
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Story story = Story.calm(decider);
      for (int i = 0; i < 60; i++) {
        story.later(Duration.ofMillis(random.nextInt(random.nextInt(25) == 0 ? 45_000 : 1_500)));
        if (random.nextInt(60) == 0) {
          story.timer(Duration.ofMillis(1));
        } else if (random.nextInt(80) == 0) {
          story.fires("alertmanager", "alert-" + i, story.now);
        } else if (random.nextInt(80) == 0) {
          story.state = Decider.resumed(story.state, story.now);
        }
        HealthEvent event = event(random, story);
        shortWays += compare(story.state, event, story.now, seed) ? 1 : 0;
        story.tell(new Input.Health(event));
      }
    }
    assertThat(shortWays).as("the short way was tried often").isGreaterThan(5_000);
  }

  private boolean compare(PlatformState before, HealthEvent event, Instant now, long seed) {
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

  private static HealthEvent event(Random random, Story story) {
    boolean bad = random.nextInt(30) == 0;
    HealthEvent event =
        story.health(
            "observer-" + random.nextInt(random.nextInt(40) == 0 ? 5 : 3),
            COMPONENTS[random.nextInt(40) == 0 ? 1 : 0],
            bad ? HealthStatus.DOWN : HealthStatus.UP,
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
