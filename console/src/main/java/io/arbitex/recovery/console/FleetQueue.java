package io.arbitex.recovery.console;

import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which platforms may recover now and which wait for it, by what they and the fleet said. Of each
 * platform the newest request counts, whatever the order of the topics.
 */
final class FleetQueue {
  private final Map<String, FleetEvent> requests = new HashMap<>();
  private final Map<String, Long> granted = new HashMap<>();

  void add(FleetEvent event) {
    if (event.getKind() == FleetKind.GRANT) {
      granted.merge(event.getPlatform(), event.getNumber(), Math::max);
    } else {
      requests.merge(
          event.getPlatform(),
          event,
          (before, after) -> after.getNumber() < before.getNumber() ? before : after);
    }
  }

  /** Nothing where nobody recovers; else who does, and who waits since when, the first first. */
  List<String> lines(Instant now) {
    List<FleetEvent> open =
        requests.values().stream()
            .filter(event -> event.getKind() == FleetKind.REQUEST)
            .sorted(Comparator.comparing(FleetEvent::getAt).thenComparing(FleetEvent::getPlatform))
            .toList();
    if (open.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("Recoveries (policy: fleet)");
    open.stream().filter(this::isLetIn).forEach(event -> lines.add(line(event, "recovers", now)));
    open.stream()
        .filter(event -> !isLetIn(event))
        .forEach(event -> lines.add(line(event, "waits its turn", now)));
    return lines;
  }

  private boolean isLetIn(FleetEvent request) {
    return granted.getOrDefault(request.getPlatform(), 0L) >= request.getNumber();
  }

  private static String line(FleetEvent event, String what, Instant now) {
    return "  %-40s %s, asked %d s ago"
        .formatted(
            event.getPlatform() + " " + event.getIncidentId(),
            what,
            Duration.between(event.getAt(), now).toSeconds());
  }
}
