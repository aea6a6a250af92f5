package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.lab.traffic.TrafficLedger;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabFailure;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The lost server comes back, writable and with all its data, three times: while a dump is being
 * restored beside, while the writers are being stopped for the cutover, and when the platform has
 * moved. Demanded: the first time nothing is cut over and nothing that was acknowledged is lost;
 * the second time the same, or the platform has moved, whichever was sooner; the third time it has
 * moved, and not one acknowledged write is on the server that is not bound any more.
 */
final class PostgresqlReturns implements Disaster {
  private static final String PRIMARY = "primary";
  private static final String RESTORING = "restore-dump";
  private static final String STOPPING = "stop-writers";
  private static final Duration READY = Duration.ofSeconds(60);

  /** Acknowledged while the old server stands there again, open to whoever knows its password. */
  private static final int EVENTS_AFTER_RETURN = 300;

  private final Lab lab;
  private final Watcher watcher;
  private final Duration limit;
  private final Consumer<String> say;
  private final Scenario scenario;

  PostgresqlReturns(
      Lab lab, Watcher watcher, Duration limit, Consumer<String> say, Scenario scenario) {
    this.lab = lab;
    this.watcher = watcher;
    this.limit = limit;
    this.say = say;
    this.scenario = scenario;
  }

  /** There is a second loss soon after the first, so the pause between recoveries is short. */
  static LabOptions world(LabOptions options) {
    return options.withCooldown(Duration.ofSeconds(1)).withBackupEvery(Duration.ofSeconds(20));
  }

  @Override
  public DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    Calm.await(lab, watcher);
    List<String> failures = new ArrayList<>();
    Loss loss = lose();
    if (!returnsAt(RESTORING, loss)) {
      return endless(loss, crashes);
    }
    Optional<IncidentEvent> end =
        watcher.awaitIncident(limit, loss.since(), PostgresqlReturns::isEnd);
    if (end.isEmpty()) {
      return endless(loss, crashes);
    }
    demandHealed(end.get(), failures);
    awaitCalmAgain(end.get().getAt());

    loss = lose();
    if (!returnsAt(STOPPING, loss)) {
      return endless(loss, crashes);
    }
    end = watcher.awaitIncident(limit, loss.since(), PostgresqlReturns::isEnd);
    if (end.isPresent() && end.get().getKind() == IncidentKind.SELF_HEALED) {
      demandHealed(end.get(), failures);
      awaitCalmAgain(end.get().getAt());
      loss = lose();
      end = watcher.awaitIncident(limit, loss.since(), PostgresqlReturns::isEnd);
      if (end.isPresent()) {
        shout("the old server comes back after the cutover, writable");
        lab.startPostgresql(PRIMARY);
      }
    }
    return end.isEmpty() ? endless(loss, crashes) : judged(end.get(), loss, failures, crashes);
  }

  /** The executor may find the source sound before the observers do: that block lifts by itself. */
  private static boolean isEnd(IncidentEvent event) {
    return Watcher.isEnd(event) && event.getBlockedReason() != BlockedReason.SOURCE_SOUND;
  }

  /**
   * A loss of the server.
   *
   * @param since right before it
   * @param gone when it was away for sure
   * @param ledger what was acknowledged until then
   */
  private record Loss(Instant since, Instant gone, List<TrafficLedger.Entry> ledger) {}

  private Loss lose() throws IOException, InterruptedException {
    Instant since = Instant.now();
    shout("kill -9 of the database server; its data stays");
    lab.killPostgresql(PRIMARY);
    return new Loss(since, Instant.now(), ledger());
  }

  /** Starts the server again when that action of the recovery begins; false when it never does. */
  private boolean returnsAt(String action, Loss loss) throws IOException, InterruptedException {
    boolean begun =
        watcher
            .await(
                limit,
                value ->
                    value instanceof StepEvent event
                        && event.getTransition() == StepTransition.ACTION_STARTED
                        && event.getAction().equals(action)
                        && event.getAt().isAfter(loss.since()))
            .isPresent();
    if (begun) {
      shout("the lost server comes back, writable, in the middle of " + action);
      lab.startPostgresql(PRIMARY);
    }
    return begun;
  }

  private void demandHealed(IncidentEvent end, List<String> failures)
      throws IOException, InterruptedException, SQLException {
    Demand.that(
        failures,
        "a source that is sound again ends the incident as SELF_HEALED",
        end.getKind() == IncidentKind.SELF_HEALED,
        end.getKind().toString());
    Demand.that(
        failures,
        "nothing was cut over",
        watcher.records().stream().noneMatch(Binding.class::isInstance),
        "there is a binding");
    Demand.that(
        failures, "events are acknowledged again", Calm.moreTraffic(lab, 100, READY), "none");
    List<TrafficLedger.Entry> lost = TwoAuthorities.missing(ledger(), lab.platformDatabase());
    Demand.that(
        failures,
        "every event that was ever acknowledged is on the server that is bound",
        lost.isEmpty(),
        lost.size() + " are not");
  }

  private DrillResult judged(IncidentEvent end, Loss loss, List<String> failures, CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration {
    LossEnd ended = LossEnd.of(scenario, watcher, end, failures);
    Truth truth = null;
    if (ended.recovered()) {
      truth = Truth.measured(lab, ended.records(), loss.ledger(), failures);
      demandOneAuthority(loss.gone(), failures);
    }
    return ended.result(truth, null, crashes);
  }

  private void demandOneAuthority(Instant gone, List<String> failures)
      throws IOException, InterruptedException, SQLException {
    Instant since = Instant.now();
    TwoAuthorities authorities =
        new TwoAuthorities(lab.admin(PRIMARY, "arbitex"), lab.platformDatabase());
    TwoAuthorities.Head before = authorities.oldHead();
    Demand.that(
        failures,
        "events are acknowledged while both servers are up",
        Calm.moreTraffic(lab, EVENTS_AFTER_RETURN, READY),
        "too few");
    TwoAuthorities.Head after = authorities.oldHead();
    Demand.that(
        failures,
        "the old server has got no event and has no session of the platform",
        after.equals(before) && after.sessions() == 0,
        before + ", then " + after);
    TwoAuthorities.Landed landed = authorities.landed(ledger(), gone);
    say.accept("  " + landed.line());
    Demand.that(
        failures,
        "not one event that was acknowledged since the loss is on the server that is not bound",
        landed.onOldOnly() == 0 && landed.nowhere() == 0 && landed.onBound() > 0,
        landed.line());
    Demand.that(
        failures,
        "the return opens no incident",
        watcher
            .awaitIncident(Duration.ZERO, since, event -> event.getKind() == IncidentKind.OPENED)
            .isEmpty(),
        "it does");
  }

  /** A restore point and reports of all observers that are younger than the first incident. */
  private void awaitCalmAgain(Instant since) throws IOException, InterruptedException {
    Set<String> up = new HashSet<>();
    long observers = Calm.observers(lab);
    boolean calm =
        watcher
                .await(
                    READY,
                    value ->
                        value instanceof RestorePoint point
                            && point.getComponent().equals("postgresql")
                            && point.getTakenAt().isAfter(since))
                .isPresent()
            && watcher
                .await(
                    READY,
                    value -> {
                      if (value instanceof HealthEvent event
                          && event.getComponent().equals("postgresql")
                          && event.getStatus() == HealthStatus.UP
                          && event.getObservedAt().isAfter(since)) {
                        up.add(event.getObserver());
                      }
                      return up.size() >= observers;
                    })
                .isPresent();
    if (!calm || !Calm.moreTraffic(lab, 100, READY)) {
      throw new LabFailure("the lab did not get calm again after the first return; see its logs");
    }
  }

  private List<TrafficLedger.Entry> ledger() throws IOException {
    return TrafficLedger.read(lab.requireState().file("ledger"));
  }

  private DrillResult endless(Loss loss, CrashPlan crashes) throws InterruptedException {
    return DrillResult.endless(scenario.word(), watcher.opened(loss.since()), limit, crashes);
  }

  private void shout(String what) {
    say.accept("");
    say.accept("*** " + what + " ***");
    say.accept("");
  }
}
