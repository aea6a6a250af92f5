package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.lab.traffic.SessionLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Worker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Redis cannot save any more, and serves as before. Demanded: a P2 that people are told of on
 * Slack, with no page, no plan and no command but those that tell; no session lost, logins going
 * on; and SELF_HEALED when saves work again.
 */
final class RedisDegraded implements Disaster {
  private static final long LOGINS = 20;

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  RedisDegraded(Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Scenario scenario) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, InvalidConfiguration {
    SessionCalm.await(lab, watcher);
    List<SessionLedger.Entry> ledger = SessionTruth.ledger(lab);
    Instant brokenAt = Instant.now();
    announce("a folder stands where dump.rdb belongs: background saves of Redis fail");
    lab.redis().failSaves();
    List<String> failures = new ArrayList<>();
    Optional<IncidentEvent> escalated = await(brokenAt, IncidentKind.ESCALATED);
    Demand.that(
        failures, "a person is called for", escalated.isPresent(), "no such event in " + limit);
    boolean told = escalated.isPresent() && isTold(escalated.get().getIncidentId());
    Demand.that(failures, "it is told on Slack", told, "no such message");
    Demand.that(
        failures,
        "users log in meanwhile",
        SessionCalm.moreLogins(lab, LOGINS, limit),
        "no logins in " + limit);
    announce("dump.rdb can be written again");
    lab.redis().mendSaves();
    Optional<IncidentEvent> healed = await(brokenAt, IncidentKind.SELF_HEALED);
    String id = healed.or(() -> escalated).map(IncidentEvent::getIncidentId).orElse("");
    IncidentRecords records = watcher.incident(id);
    if (healed.isEmpty()) {
      return DrillResult.endless(scenario.word(), records, limit, crashes);
    }
    NothingDone.demandP2(records.events(), failures);
    NothingDone.demand(lab, watcher, brokenAt, failures);
    SessionTruth truth = SessionTruth.of(lab, ledger, Instant.MAX);
    truth.demand(failures, "at the end");
    Replayed replayed = Replayed.of(watcher.decisions(), failures);
    return new DrillResult(
        Summary.of(scenario.word(), records),
        null,
        truth,
        replayed.run(),
        replayed.identical(),
        crashes.done(),
        failures,
        records);
  }

  private void announce(String what) {
    say.accept("");
    say.accept("*** " + what + " ***");
    say.accept("");
  }

  private Optional<IncidentEvent> await(Instant since, IncidentKind kind)
      throws InterruptedException {
    return watcher.awaitIncident(limit, since, event -> event.getKind() == kind);
  }

  /** Whether people were told what is wrong; a message may be a moment behind its decision. */
  private boolean isTold(String id) throws InterruptedException, IOException {
    Optional<?> sent =
        watcher.await(
            limit,
            value ->
                value instanceof StepEvent event
                    && event.getIncidentId().equals(id)
                    && event.getWorker().equals(Worker.NOTIFY.id())
                    && event.getTransition() == StepTransition.DONE);
    return sent.isPresent()
        && lab.network().messages().stream()
            .filter(message -> message.channel().equals("sre"))
            .anyMatch(message -> message.text().contains("redis is DEGRADED"));
  }
}
