package io.arbitex.recovery.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FleetQueueTest {
  private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");

  private final FleetQueue queue = new FleetQueue();

  private void add(String platform, FleetKind kind, long number, int secondsAgo) {
    queue.add(
        new FleetEvent(
            "id",
            platform,
            "inc-" + platform + "-" + number,
            kind,
            NOW.minusSeconds(secondsAgo),
            number));
  }

  @Test
  void whoRecoversStandsBeforeWhoWaitsAndWhoHasEndedNowhere() {
    add("east", FleetKind.GRANT, 2, 10);
    add("north", FleetKind.REQUEST, 1, 40);
    add("east", FleetKind.REQUEST, 2, 30);
    add("south", FleetKind.REQUEST, 4, 50);
    add("south", FleetKind.GRANT, 3, 500);
    add("west", FleetKind.REQUEST, 1, 60);
    add("west", FleetKind.GRANT, 1, 60);
    add("west", FleetKind.RELEASE, 1, 5);
    assertThat(queue.lines(NOW))
        .map(String::strip)
        .map(line -> line.replaceAll(" +", " "))
        .containsExactly(
            "Recoveries (policy: fleet)",
            "east inc-east-2 recovers, asked 30 s ago",
            "south inc-south-4 waits its turn, asked 50 s ago",
            "north inc-north-1 waits its turn, asked 40 s ago");
  }

  @Test
  void nothingIsSaidWhereNobodyRecovers() {
    add("west", FleetKind.REQUEST, 1, 60);
    add("west", FleetKind.RELEASE, 1, 5);
    assertThat(queue.lines(NOW)).isEmpty();
  }
}
