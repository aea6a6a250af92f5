package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Nothing is lost. One of three observers is cut off from everything; then the cluster's API is cut
 * off from all of them while customers are served. Demanded: silence, shown; then a P2 that is told
 * on Slack, no page, no plan, and SELF_HEALED when the API is back; not one command that changes
 * anything, and events acknowledged all the time.
 */
final class FalseAlarm implements Disaster {
  private static final String OBSERVER = "observer-a";
  private static final String CLUSTER = "cluster";
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** Longer than {@code restoreAfter} and a plan. */
  private static final Duration UNMOVED = Duration.ofSeconds(20);

  private static final Duration READY = Duration.ofSeconds(60);
  private static final int EVENTS = 100;

  /** Of the lab's policy: fewer bad looks in a row mean nothing. */
  private static final int CONFIRMATIONS = 3;

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  FalseAlarm(Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Scenario scenario) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
  }

  static LabOptions world(LabOptions options) {
    return options.withClusterWatched();
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, InvalidConfiguration {
    Calm.await(lab, watcher);
    Calm.awaitUp(lab, watcher, CLUSTER, READY);
    Calm.awaitUp(lab, watcher, "public-health", READY);
    Instant begin = Instant.now();
    List<String> failures = new ArrayList<>();
    oneObserverIsCutOff(begin, failures);

    Instant cutAt = Instant.now();
    announce("no observer reaches the cluster's API any more; customers are served");
    List<String> toCluster = paths(path -> path.endsWith("-to-kubernetes"));
    set(toCluster, PathState.REFUSED);
    Optional<IncidentEvent> told = awaitKind(limit, cutAt, IncidentKind.ESCALATED);
    Demand.that(failures, "it is told", told.isPresent(), "no such event in " + limit);
    Demand.that(
        failures,
        "nothing is planned for it",
        awaitKind(UNMOVED, cutAt, IncidentKind.PLAN_ISSUED).isEmpty(),
        "a plan");
    Demand.that(
        failures, "events are acknowledged", Calm.moreTraffic(lab, EVENTS, READY), "no event");
    announce("the cluster's API is reached again");
    set(toCluster, PathState.OPEN);
    Optional<IncidentEvent> healed = awaitKind(limit, cutAt, IncidentKind.SELF_HEALED);
    String id = healed.or(() -> told).map(IncidentEvent::getIncidentId).orElse("");
    IncidentRecords records = watcher.incident(id);
    if (healed.isEmpty()) {
      return DrillResult.endless(scenario.word(), records, limit, crashes);
    }
    NothingDone.demandP2(records.events(), failures);
    NothingDone.demand(lab, watcher, begin, failures);
    Replayed replayed = Replayed.of(watcher.decisions(), failures);
    return new DrillResult(
        Summary.of(scenario.word(), records),
        null,
        null,
        replayed.run(),
        replayed.identical(),
        crashes.done(),
        failures,
        records);
  }

  private void oneObserverIsCutOff(Instant begin, List<String> failures)
      throws IOException, InterruptedException {
    announce(OBSERVER + " is cut off from everything for " + SILENCE.toSeconds() + " s");
    List<String> all = paths(path -> path.startsWith(OBSERVER + "-to-"));
    set(all, PathState.BLACK_HOLE);
    Optional<IncidentEvent> opened = awaitKind(SILENCE, begin, IncidentKind.OPENED);
    // The witness last: who reaches it, and not yet the rest, would say so.
    set(all.stream().filter(path -> !isWitness(path)).toList(), PathState.OPEN);
    set(all.stream().filter(FalseAlarm::isWitness).toList(), PathState.OPEN);
    List<HealthEvent> its =
        health(begin).filter(event -> event.getObserver().equals(OBSERVER)).toList();
    Set<String> unknown = new TreeSet<>();
    its.stream()
        .filter(event -> event.getStatus() == HealthStatus.UNKNOWN)
        .forEach(event -> unknown.add(event.getComponent()));
    say.accept(
        "  silence: in %d s %d health events, %s says UNKNOWN of %s, incidents: %d"
            .formatted(
                SILENCE.toSeconds(),
                health(begin).count(),
                OBSERVER,
                unknown,
                opened.isPresent() ? 1 : 0));
    Demand.that(
        failures,
        "one observer that is cut off opens no incident",
        opened.isEmpty(),
        opened.map(IncidentEvent::getText).orElse(""));
    Demand.that(
        failures,
        "whoever is cut off says that it does not know",
        unknown.containsAll(Set.of("postgresql", CLUSTER, "public-health")),
        unknown.toString());
    Demand.that(
        failures,
        "it never insists that something is DOWN",
        its.stream()
            .noneMatch(
                event ->
                    event.getStatus() == HealthStatus.DOWN
                        && event.getConsecutive() >= CONFIRMATIONS),
        its.toString());
    Calm.awaitUp(lab, watcher, CLUSTER, READY);
  }

  private static boolean isWitness(String path) {
    return path.endsWith("-to-witness");
  }

  private Stream<HealthEvent> health(Instant since) {
    return watcher.records().stream()
        .filter(HealthEvent.class::isInstance)
        .map(HealthEvent.class::cast)
        .filter(event -> !event.getObservedAt().isBefore(since));
  }

  private Optional<IncidentEvent> awaitKind(Duration patience, Instant since, IncidentKind kind)
      throws InterruptedException {
    return watcher.awaitIncident(patience, since, event -> event.getKind() == kind);
  }

  private List<String> paths(Predicate<String> chosen) throws IOException {
    return lab.requireState().network().paths().keySet().stream().filter(chosen).toList();
  }

  private void set(List<String> paths, PathState state) throws IOException, InterruptedException {
    for (String path : paths) {
      lab.network().set(path, state);
    }
  }

  private void announce(String what) {
    say.accept("");
    say.accept("*** " + what + " ***");
    say.accept("");
  }
}
