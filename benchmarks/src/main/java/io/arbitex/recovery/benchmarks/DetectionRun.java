package io.arbitex.recovery.benchmarks;

import io.arbitex.recovery.lab.drill.Watcher;
import io.arbitex.recovery.lab.network.NetworkControl;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One fault of a lab's primary, seen by the pipeline and by Alertmanager's receiver; then mended.
 */
final class DetectionRun {
  static final String TUNED = "tuned";
  static final String DEFAULTS = "defaults";

  private static final String NOTIFY = "notify";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Scrape, evaluation and group_wait by default, and half a minute. */
  private static final Duration DEFAULTS_LIMIT = Duration.ofMinutes(3);

  /**
   * Seconds from the fault.
   *
   * @param page until the message box has a message of the incident
   * @param action until an executor tells of its first action
   * @param tuned until the webhook of the tuned Alertmanager comes
   * @param defaults until that of the other; empty when it was not measured
   */
  record Times(double page, double action, double tuned, Optional<Double> defaults) {
    String line() {
      return "page %.2f s, first action %.2f s, webhook tuned %.2f s%s"
          .formatted(page, action, tuned, defaults.map(", defaults %.2f s"::formatted).orElse(""));
    }
  }

  private final Lab lab;
  private final Watcher watcher;
  private final WebhookSink sink;

  DetectionRun(Lab lab, Watcher watcher, WebhookSink sink) {
    this.lab = lab;
    this.watcher = watcher;
    this.sink = sink;
  }

  /**
   * Kills the primary, measures, starts it again and returns when all is well.
   *
   * @param defaults whether the slow pair runs too and is waited for
   * @throws LabFailure when somebody did not see the fault, or its end
   */
  Times measure(boolean defaults) throws IOException, InterruptedException {
    Instant fault = Instant.now();
    lab.killPostgresql("primary");
    IncidentEvent opened =
        found("an incident", watcher.awaitIncident(LIMIT, fault, kind(IncidentKind.OPENED)));
    double page = awaitPage(fault, opened.getIncidentId());
    StepEvent action =
        found(
            "a first action of an executor",
            watcher
                .await(
                    LIMIT,
                    value ->
                        value instanceof StepEvent event
                            && event.getIncidentId().equals(opened.getIncidentId())
                            // A dry run tells what it would have done without a begin.
                            && !event.getAction().isEmpty()
                            && !event.getWorker().equals(NOTIFY))
                .map(StepEvent.class::cast));
    Instant tuned = found("the tuned webhook", sink.await(TUNED, "firing", fault, LIMIT));
    Optional<Double> slow =
        defaults
            ? Optional.of(
                seconds(
                    fault,
                    found(
                        "the webhook by default",
                        sink.await(DEFAULTS, "firing", fault, DEFAULTS_LIMIT))))
            : Optional.empty();
    mend(opened.getIncidentId());
    return new Times(page, seconds(fault, action.getAt()), seconds(fault, tuned), slow);
  }

  private double awaitPage(Instant fault, String incident)
      throws IOException, InterruptedException {
    NetworkControl network = lab.network();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      for (NetworkControl.Message message : network.messages()) {
        if (message.body().toString().contains(incident)) {
          return seconds(fault, Instant.parse(message.receivedAt()));
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new LabFailure("nobody was told of " + incident + " within " + LIMIT);
  }

  private void mend(String incident) throws IOException, InterruptedException {
    Instant since = Instant.now();
    lab.startPostgresql("primary");
    found(
        "the end of the incident",
        watcher.awaitIncident(
            LIMIT,
            since,
            event ->
                event.getIncidentId().equals(incident)
                    && event.getKind() == IncidentKind.SELF_HEALED));
    found("the end of the tuned alert", sink.await(TUNED, "resolved", since, LIMIT));
    Set<String> up = new HashSet<>();
    found(
        "three observers that see it up",
        watcher.await(
            LIMIT,
            value -> {
              if (value instanceof HealthEvent event
                  && event.getSource() == HealthSource.PROBE
                  && event.getStatus() == HealthStatus.UP
                  && event.getObservedAt().isAfter(since)) {
                up.add(event.getObserver());
              }
              return up.size() == 3;
            }));
  }

  private static Predicate<IncidentEvent> kind(IncidentKind kind) {
    return event -> event.getKind() == kind;
  }

  private static <T> T found(String what, Optional<T> value) {
    return value.orElseThrow(() -> new LabFailure(what + " did not come in time"));
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
