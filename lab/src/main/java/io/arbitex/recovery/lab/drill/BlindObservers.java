package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.lab.network.NetworkControl;
import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.lab.world.MonitoringRhythm;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every observer is cut off from the primary and from its witness, so it says UNKNOWN and no quorum
 * can be heard; Prometheus and Alertmanager are not cut off.
 */
final class BlindObservers {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private BlindObservers() {}

  static LabOptions world(LabOptions options) {
    return options.withMonitoring(MonitoringRhythm.TUNED);
  }

  /** Cuts them off; returns when it is told that no quorum can be heard. */
  static void blind(Lab lab, Watcher watcher, Consumer<String> say)
      throws IOException, InterruptedException {
    Instant since = Instant.now();
    NetworkControl network = lab.network();
    // Their path to the spare stays: that is where they must see the recovered database.
    for (String path : lab.requireState().network().paths().keySet()) {
      if (path.endsWith("-to-witness") || path.endsWith("-to-primary")) {
        network.set(path, PathState.REFUSED);
      }
    }
    say.accept("");
    say.accept("*** no observer reaches the primary or its witness any more ***");
    Optional<IncidentEvent> told =
        watcher.awaitIncident(
            LIMIT,
            since,
            event ->
                event.getKind() == IncidentKind.NOTE
                    && event.getText().contains("a failure would not be seen"));
    if (told.isEmpty()) {
      throw new LabFailure(
          "it was not told within " + LIMIT.toSeconds() + " s that no quorum can be heard");
    }
  }

  /** What is not so: opened by the alert alone, and once, however often the alert came. */
  static List<String> failures(Watcher watcher, IncidentRecords records, Instant brokenAt) {
    List<String> failures = new ArrayList<>();
    List<HealthEvent> alerts =
        watcher.records().stream()
            .filter(HealthEvent.class::isInstance)
            .map(HealthEvent.class::cast)
            .filter(event -> event.getSource() == HealthSource.ALERT)
            .filter(event -> event.getStatus() == HealthStatus.DOWN)
            .filter(event -> !event.getObservedAt().isBefore(brokenAt))
            .toList();
    if (alerts.size() < 2) {
      failures.add("the alert came " + alerts.size() + " times instead of several");
    }
    if (alerts.stream().map(HealthEvent::getAlertId).distinct().count() > 1) {
      failures.add("the same alert came with several identities: " + alerts);
    }
    List<IncidentEvent> opened =
        watcher.records().stream()
            .filter(IncidentEvent.class::isInstance)
            .map(IncidentEvent.class::cast)
            .filter(event -> event.getKind() == IncidentKind.OPENED)
            .filter(event -> !event.getAt().isBefore(brokenAt))
            .toList();
    if (opened.size() != 1 || !opened.get(0).getIncidentId().equals(records.incidentId())) {
      failures.add("not one incident, but " + opened);
    }
    if (opened.stream().anyMatch(event -> !event.getText().contains("alert DatabaseDown"))) {
      failures.add("what it was opened by is not told: " + opened);
    }
    return failures;
  }
}
