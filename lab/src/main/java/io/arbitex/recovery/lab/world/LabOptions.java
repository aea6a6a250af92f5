package io.arbitex.recovery.lab.world;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What kind of world is wanted.
 *
 * @param events audit events that are there from the start, 0 to 100,000,000
 * @param rate events a second that the traffic appends, above 0
 * @param clients of the platform, each with one request at a time
 * @param observers detectors, 1 to 26
 * @param services whether the pipeline's services are started, or the world only
 * @param backupEvery time between two backups
 * @param restoreAfter how long the database may be unreachable before it is restored
 * @param cooldown time after a recovery in which there is no second one
 * @param monitoring whether Prometheus and two Alertmanagers watch the primary, whose alerts the
 *     observers receive and the policy trusts; empty for neither
 * @param dryRun the policy's mode is dry-run instead of act
 * @param redis procedures that may bring Redis back, in order, for a lab with a Kubernetes that a
 *     Redis with the platform's sessions lives in; empty for a lab without both
 */
public record LabOptions(
    long events,
    double rate,
    int clients,
    int observers,
    boolean services,
    Duration backupEvery,
    Duration restoreAfter,
    Duration cooldown,
    Optional<MonitoringRhythm> monitoring,
    boolean dryRun,
    List<String> redis) {
  public static final LabOptions DEFAULT =
      new LabOptions(
          100_000,
          100,
          4,
          3,
          true,
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Optional.empty(),
          false,
          List.of());

  public LabOptions {
    redis = List.copyOf(redis);
    if (events < 0 || events > 100_000_000 || rate <= 0 || clients < 1) {
      throw new IllegalArgumentException(
          "events: 0 to 100,000,000; rate: above 0; clients: at least 1");
    }
    if (observers < 1 || observers > 26) {
      throw new IllegalArgumentException("observers: 1 to 26");
    }
  }

  public LabOptions withEvents(long number) {
    return new LabOptions(
        number,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        restoreAfter,
        cooldown,
        monitoring,
        dryRun,
        redis);
  }

  public LabOptions withRestoreAfter(Duration time) {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        time,
        cooldown,
        monitoring,
        dryRun,
        redis);
  }

  public LabOptions withBackupEvery(Duration time) {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        time,
        restoreAfter,
        cooldown,
        monitoring,
        dryRun,
        redis);
  }

  public LabOptions withCooldown(Duration time) {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        restoreAfter,
        time,
        monitoring,
        dryRun,
        redis);
  }

  /** With Prometheus and Alertmanager. */
  public LabOptions withMonitoring(MonitoringRhythm rhythm) {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        restoreAfter,
        cooldown,
        Optional.of(rhythm),
        dryRun,
        redis);
  }

  /** The pipeline checks all and changes nothing. */
  public LabOptions withDryRun() {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        restoreAfter,
        cooldown,
        monitoring,
        true,
        redis);
  }

  /**
   * With a Redis.
   *
   * @param procedures that may bring it back, in order
   */
  public LabOptions withRedis(List<String> procedures) {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        services,
        backupEvery,
        restoreAfter,
        cooldown,
        monitoring,
        dryRun,
        procedures);
  }

  /** Without the pipeline's services. */
  public LabOptions worldOnly() {
    return new LabOptions(
        events,
        rate,
        clients,
        observers,
        false,
        backupEvery,
        restoreAfter,
        cooldown,
        monitoring,
        dryRun,
        redis);
  }
}
