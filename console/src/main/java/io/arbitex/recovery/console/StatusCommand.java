package io.arbitex.recovery.console;

import io.arbitex.recovery.console.feed.RecordFeed;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.schemas.Facts;
import io.arbitex.recovery.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecordBase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What the pipeline knows now: health, incidents, the fleet's queue, bindings, restore points. */
@Command(
    name = "status",
    description =
        "Shows health by observer, open incidents, who recovers and who waits for it, bindings and the"
            + " newest restore points.")
final class StatusCommand implements Callable<Integer> {
  private static final Set<IncidentKind> ENDS =
      EnumSet.of(IncidentKind.RESOLVED, IncidentKind.SELF_HEALED);

  /** A clock that is further ahead than this is shown. */
  private static final Duration CLOCK_AHEAD = Duration.ofSeconds(2);

  @Mixin private ConsoleSettings settings;

  private final Map<String, HealthEvent> health = new TreeMap<>();
  private final Map<String, IncidentEvent> incidents = new TreeMap<>();
  private final Map<String, Map<String, String>> leftBehind = new TreeMap<>();
  private final Map<String, Binding> bindings = new TreeMap<>();
  private final Map<String, RestorePoint> restorePoints = new TreeMap<>();
  private final FleetQueue fleet = new FleetQueue();

  @Override
  public Integer call() throws Exception {
    KafkaClients clients = settings.clients(settings.read());
    var framing = new SchemaTopic(clients).framing();
    try (RecordFeed feed = new RecordFeed(clients, framing, List.of(Topic.HEALTH))) {
      feed.startAt(Instant.now().minusSeconds(60));
      feed.toEnd((record, value) -> add(value));
    }
    try (RecordFeed feed =
        new RecordFeed(
            clients,
            framing,
            List.of(
                Topic.INCIDENTS, Topic.BINDINGS, Topic.BACKUPS, Topic.FLEET, Topic.ADMISSIONS))) {
      feed.toEnd((record, value) -> add(value));
    }
    print();
    return 0;
  }

  private void add(SpecificRecordBase value) {
    if (value instanceof HealthEvent event) {
      health.put(
          event.getPlatform() + " " + event.getComponent() + " " + event.getObserver(), event);
    } else if (value instanceof IncidentEvent event && !event.getIncidentId().isEmpty()) {
      incidents.put(event.getIncidentId(), event);
      noteLeftBehind(event);
    } else if (value instanceof Binding binding) {
      bindings.put(binding.getPlatform() + " " + binding.getComponent(), binding);
    } else if (value instanceof RestorePoint point) {
      // One id may be told again, with another state.
      restorePoints.put(point.getPlatform() + " " + point.getId(), point);
    } else if (value instanceof FleetEvent event) {
      fleet.add(event);
    }
  }

  /** What the last end of each step says; a later event of the incident says nothing of it. */
  private void noteLeftBehind(IncidentEvent event) {
    if (event.getKind() == IncidentKind.STEP_FAILED || event.getKind() == IncidentKind.STEP_DONE) {
      Map<String, String> ofIncident =
          leftBehind.computeIfAbsent(event.getIncidentId(), id -> new TreeMap<>());
      ofIncident.remove(event.getStepId());
      Facts.find(event.getFacts(), "left-behind")
          .ifPresent(left -> ofIncident.put(event.getStepId(), left));
    }
  }

  private Map<String, RestorePoint> newestAvailable() {
    Map<String, RestorePoint> newest = new TreeMap<>();
    for (RestorePoint point : restorePoints.values()) {
      if (point.getState() == RestorePointState.AVAILABLE) {
        newest.merge(
            point.getPlatform() + " " + point.getComponent(),
            point,
            (a, b) -> a.getTakenAt().isAfter(b.getTakenAt()) ? a : b);
      }
    }
    return newest;
  }

  private static String detail(HealthEvent event) {
    String detail =
        event.getSource() == HealthSource.ALERT
            ? ("alert " + event.getAlertRule() + ": " + event.getDetail())
            : event.getDetail();
    long ahead = Duration.between(Instant.now(), event.getObservedAt()).toSeconds();
    return ahead < CLOCK_AHEAD.toSeconds()
        ? detail
        : (detail + " [its clock is " + ahead + " s ahead]").strip();
  }

  private void print() {
    System.out.println("Health in the last minute");
    if (health.isEmpty()) {
      System.out.println("  nothing was said: are the detectors running?");
    }
    health.forEach(
        (who, event) ->
            System.out.printf(
                "  %-40s %-9s %s %s%n",
                who,
                event.getStatus(),
                event.getStatus().name().equals("UP") ? "" : event.getSymptom(),
                detail(event)));
    System.out.println("Open incidents");
    boolean open = false;
    for (IncidentEvent last : incidents.values()) {
      if (!ENDS.contains(last.getKind())) {
        open = true;
        System.out.printf(
            "  %s %s: %s %s %s%n",
            last.getIncidentId(),
            last.getSeverity(),
            last.getKind(),
            last.getText(),
            last.getNext());
        leftBehind
            .getOrDefault(last.getIncidentId(), Map.of())
            .forEach((step, left) -> System.out.printf("    left behind by %s: %s%n", step, left));
      }
    }
    if (!open) {
      System.out.println("  none (" + incidents.size() + " have ended)");
    }
    fleet.lines(Instant.now()).forEach(System.out::println);
    System.out.println("Bindings (others are as in the inventory)");
    bindings.forEach(
        (who, binding) ->
            System.out.printf(
                "  %-40s %s, epoch %d%n", who, binding.getResource(), binding.getEpoch()));
    System.out.println("Newest restore points");
    newestAvailable()
        .forEach(
            (who, point) ->
                System.out.printf(
                    "  %-40s %s, %d s old, %d bytes%n",
                    who,
                    point.getId(),
                    Duration.between(point.getTakenAt(), Instant.now()).toSeconds(),
                    point.getSizeBytes()));
  }
}
