package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.LossMeasurement;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.runtime.BaselineHistory;
import io.arbitex.recovery.schemas.Times;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what was lost: canaries of before the failure from {@code recovery.baselines}, against
 * the newest canary and audit event that the restored database brought with it.
 */
final class LossProbe {
  private static final Logger log = LoggerFactory.getLogger(LossProbe.class);

  private static final Duration NEAR = Duration.ofHours(1);

  private final BaselineHistory history;
  private final Policy policy;
  private final Clock clock;

  LossProbe(BaselineHistory history, Policy policy, Clock clock) {
    this.history = history;
    this.policy = policy;
    this.clock = clock;
  }

  /** The loss of one component; empty (and logged) when it cannot be measured. */
  Optional<LossMetric> measure(
      StepCommand command, Inventory.Platform platform, Inventory.Component component) {
    try {
      return Optional.of(measured(command, platform, component));
    } catch (SQLException | IOException | RuntimeException e) {
      log.warn("the loss of {} cannot be measured", command.getIncidentId(), e);
      return Optional.empty();
    }
  }

  private LossMetric measured(
      StepCommand command, Inventory.Platform platform, Inventory.Component component)
      throws SQLException, IOException {
    String name = component.name();
    // A source that lived on, however damaged, took writes until it was closed.
    Instant badSince =
        Suite.parameter(command, name + ".source-fenced-at")
            .map(Instant::parse)
            .orElseGet(
                () ->
                    Suite.parameter(command, name + ".bad-since")
                        .map(Instant::parse)
                        .orElseGet(() -> moment(command, "bad-since")));
    Instant takenAt = moment(command, name + ".restore-point-taken-at");
    long restoredHead = Long.parseLong(required(command, name + ".audit-head-id"));
    DatabaseAddress address = Suite.address(command, name, component.postgresql().orElseThrow());
    LossMeasurement.Restored restored =
        new LossMeasurement.Restored(newestCanary(address, badSince), restoredHead, takenAt);
    LossMeasurement.Loss loss =
        LossMeasurement.measure(
            canaries(platform.name(), name, takenAt, badSince),
            restored,
            badSince,
            LossMeasurement.Margins.DEFAULT);
    double target = policy.targets(command.getSeverity().name()).rpo().toMillis() / 1e3;
    return LossMetric.newBuilder()
        .setId(command.getCommandId() + "/loss/" + name)
        .setIncidentId(command.getIncidentId())
        .setPlatform(command.getPlatform())
        .setComponent(name)
        .setRestorePoint(required(command, name + ".restore-point"))
        .setRestorePointTakenAt(takenAt)
        .setLostSecondsMin(loss.secondsMin())
        .setLostSecondsMax(loss.secondsMax())
        .setLostEventsMin(loss.eventsMin())
        .setLostEventsMax(loss.eventsMax())
        .setTargetSeconds(target)
        .setMet(loss.secondsMax() <= target)
        .setEvidence(loss.evidence())
        .setAt(Times.now(clock))
        .build();
  }

  /** The newest canary that came with the restore, not one that was written after the cutover. */
  private static OptionalLong newestCanary(DatabaseAddress address, Instant badSince)
      throws SQLException {
    try (Connection connection =
            address.connect("recovery-loss", Duration.ofSeconds(5), Duration.ofSeconds(30));
        PreparedStatement statement =
            connection.prepareStatement("SELECT max(id) FROM recovery_canary WHERE at < ?")) {
      statement.setObject(1, OffsetDateTime.ofInstant(badSince, ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long id = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(id);
      }
    }
  }

  /** Canaries since a minute before the restore point: one before it, to know the rate. */
  private List<Baseline> canaries(
      String platform, String component, Instant takenAt, Instant badSince) {
    return history.since(
        platform,
        component,
        takenAt.minusSeconds(60),
        baseline -> isNear(baseline, takenAt, badSince));
  }

  /**
   * Near one of the two ends of the loss: what lies between them says nothing more, and may be a
   * million rows.
   */
  private static boolean isNear(Baseline baseline, Instant takenAt, Instant badSince) {
    Instant at = baseline.getTakenAt();
    return at.isBefore(takenAt.plus(NEAR)) || at.isAfter(badSince.minus(NEAR));
  }

  private static Instant moment(StepCommand command, String name) {
    return Instant.parse(required(command, name));
  }

  private static String required(StepCommand command, String name) {
    return Suite.parameter(command, name)
        .orElseThrow(() -> new IllegalArgumentException("the command has no '" + name + "'"));
  }
}
