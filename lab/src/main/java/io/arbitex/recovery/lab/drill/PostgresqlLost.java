package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.decider.Replay;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.schemas.Framing;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The server is killed and its data directory deleted while traffic flows, in the circumstances of
 * the scenario. Demanded: recovered and proven with no hand, the true loss inside the measured
 * interval, nothing of before the restore point missing, one published database and no partial one,
 * and a decision log that replays.
 */
public final class PostgresqlLost {
  private static final Duration READY = Duration.ofSeconds(15);

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  /**
   * @param limit from the break to the end of the incident
   */
  public PostgresqlLost(
      Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Scenario scenario) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
  }

  /** Breaks, waits, and holds what came of it against the truth. */
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    Calm.await(lab, watcher);
    scenario.before(lab, watcher, say);
    Instant brokenAt = Instant.now();
    say.accept("");
    say.accept("*** kill -9 of the database server, and its data directory is deleted ***");
    say.accept("");
    lab.destroyPostgresql("primary");
    List<TrafficLedger.Entry> ledger =
        TrafficLedger.read(lab.requireState().file("ledger")).stream()
            .filter(entry -> entry.at().isBefore(Instant.now()))
            .toList();
    Optional<IncidentEvent> end = watcher.awaitIncident(limit, brokenAt, Watcher::isEnd);
    if (end.isEmpty()) {
      Optional<IncidentEvent> any = watcher.awaitIncident(Duration.ZERO, brokenAt, event -> true);
      IncidentRecords open = watcher.incident(any.map(IncidentEvent::getIncidentId).orElse(""));
      return new DrillResult(
          Summary.of(scenario.word(), open),
          null,
          0,
          0,
          crashes.done(),
          List.of("no end within " + limit.toSeconds() + " s of the break"),
          open);
    }
    String id = end.get().getIncidentId();
    watcher.awaitMetrics(Duration.ofSeconds(30), id);
    IncidentRecords records = watcher.incident(id);
    Summary summary = Summary.of(scenario.word(), records);
    List<String> failures = new ArrayList<>();
    demand(
        failures,
        "the outcome is RECOVERED",
        summary.outcome().equals("RECOVERED"),
        summary.outcome());
    demand(failures, "the suite has passed", records.verdict().isPresent(), "no verdict");
    Truth truth = null;
    if (summary.outcome().equals("RECOVERED")) {
      truth = againstTruth(records, ledger, failures);
      awaitTraffic(failures);
    }
    failures.addAll(scenario.failures(watcher, records, brokenAt));
    int[] replayed = replay(failures);
    return new DrillResult(
        summary, truth, replayed[0], replayed[1], crashes.done(), failures, records);
  }

  private Truth againstTruth(
      IncidentRecords records, List<TrafficLedger.Entry> ledger, List<String> failures)
      throws IOException, SQLException {
    Optional<LossMetric> loss = records.losses().stream().reduce((a, b) -> b);
    Truth truth =
        Truth.of(lab, ledger, loss.map(LossMetric::getRestorePointTakenAt).orElse(Instant.MAX));
    if (loss.isEmpty()) {
      failures.add("no loss was measured");
      return truth;
    }
    demand(
        failures,
        "the true loss of %d lies inside the measured %d to %d"
            .formatted(truth.lost(), loss.get().getLostEventsMin(), loss.get().getLostEventsMax()),
        truth.lost() >= loss.get().getLostEventsMin()
            && truth.lost() <= loss.get().getLostEventsMax(),
        "outside");
    demand(
        failures,
        "nothing of before the restore point is missing",
        truth.lostBefore() == 0,
        truth.lostBefore() + " events");
    List<String> bound =
        watcher.records().stream()
            .filter(Binding.class::isInstance)
            .map(value -> ((Binding) value).getResource())
            .map(resource -> resource.substring(resource.indexOf('/') + 1))
            .distinct()
            .toList();
    demand(
        failures,
        "one published database and no partial one",
        truth.databases().equals(bound) && bound.size() == 1,
        truth.databases() + ", bound " + bound);
    return truth;
  }

  private void awaitTraffic(List<String> failures) throws InterruptedException, IOException {
    if (!Calm.moreTraffic(lab, 1, READY)) {
      failures.add("no event was acknowledged after the recovery");
    }
  }

  private int[] replay(List<String> failures) throws InvalidConfiguration {
    Replay replay = new Replay(new Framing(), Optional.empty());
    int run = 0;
    int identical = 0;
    for (Decision decision : watcher.decisions()) {
      Optional<Replay.Step> step = replay.next(decision);
      if (step.isPresent()) {
        run++;
        identical += step.get().identical() ? 1 : 0;
      } else {
        failures.add("decision " + decision.getId() + " cannot be replayed from the log alone");
      }
    }
    demand(
        failures,
        "every decision replays byte for byte",
        run == identical,
        identical + " of " + run);
    return new int[] {run, identical};
  }

  private static void demand(List<String> failures, String what, boolean holds, String found) {
    if (!holds) {
      failures.add("not so: " + what + " (" + found + ")");
    }
  }
}
