package io.arbitex.recovery.lab.world;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
 * @param azure whether the primary is a flexible server of an emulated Azure, restored to a moment
 *     first; the policy then lets damaged data be restored without a person
 * @param volumes whether the platform's volumes are watched, backed up and restored; they need the
 *     Azure
 * @param clusterWatched whether the cluster and the public health are watched, each observer
 *     reaching them by its own path; the inventory's cluster needs the Azure
 * @param managedCluster whether the platform's cluster is the Azure's: protected by a backup vault,
 *     found by customers through a DNS record, restored when it is lost; it is watched then
 * @param parallel whether the policy lets steps that do not need each other run side by side
 * @param approval whether the cutovers of a P0 wait for a person
 * @param redisVolume whether the inventory names the volume that Redis' data is on as what is
 *     recovered, and not Redis itself; it needs {@code redis} and {@code volumes}
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
    List<String> redis,
    boolean azure,
    boolean volumes,
    boolean clusterWatched,
    boolean managedCluster,
    boolean parallel,
    boolean approval,
    boolean redisVolume) {
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
          List.of(),
          false,
          false,
          false,
          false,
          false,
          false,
          false);

  public LabOptions {
    redis = List.copyOf(redis);
    if (events < 0 || events > 100_000_000 || rate <= 0 || clients < 1) {
      throw new IllegalArgumentException(
          "events: 0 to 100,000,000; rate: above 0; clients: at least 1");
    }
    if ((volumes || clusterWatched) && !azure) {
      throw new IllegalArgumentException("volumes and a cluster need the Azure that has them");
    }
    if (managedCluster && !clusterWatched) {
      throw new IllegalArgumentException("a managed cluster is watched");
    }
    if (observers < 1 || observers > 26) {
      throw new IllegalArgumentException("observers: 1 to 26");
    }
  }

  /** The same options while one of them is changed. */
  private static final class Draft {
    private long events;
    private double rate;
    private int clients;
    private int observers;
    private boolean services;
    private Duration backupEvery;
    private Duration restoreAfter;
    private Duration cooldown;
    private Optional<MonitoringRhythm> monitoring;
    private boolean dryRun;
    private List<String> redis;
    private boolean azure;
    private boolean volumes;
    private boolean clusterWatched;
    private boolean managedCluster;
    private boolean parallel;
    private boolean approval;
    private boolean redisVolume;

    Draft(LabOptions of) {
      events = of.events;
      rate = of.rate;
      clients = of.clients;
      observers = of.observers;
      services = of.services;
      backupEvery = of.backupEvery;
      restoreAfter = of.restoreAfter;
      cooldown = of.cooldown;
      monitoring = of.monitoring;
      dryRun = of.dryRun;
      redis = of.redis;
      azure = of.azure;
      volumes = of.volumes;
      clusterWatched = of.clusterWatched;
      managedCluster = of.managedCluster;
      parallel = of.parallel;
      approval = of.approval;
      redisVolume = of.redisVolume;
    }
  }

  private LabOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new LabOptions(
        draft.events,
        draft.rate,
        draft.clients,
        draft.observers,
        draft.services,
        draft.backupEvery,
        draft.restoreAfter,
        draft.cooldown,
        draft.monitoring,
        draft.dryRun,
        draft.redis,
        draft.azure,
        draft.volumes,
        draft.clusterWatched,
        draft.managedCluster,
        draft.parallel,
        draft.approval,
        draft.redisVolume);
  }

  public LabOptions withEvents(long number) {
    return with(draft -> draft.events = number);
  }

  /** With so many events a second. */
  public LabOptions withRate(double number) {
    return with(draft -> draft.rate = number);
  }

  public LabOptions withClients(int number) {
    return with(draft -> draft.clients = number);
  }

  public LabOptions withObservers(int number) {
    return with(draft -> draft.observers = number);
  }

  public LabOptions withRestoreAfter(Duration time) {
    return with(draft -> draft.restoreAfter = time);
  }

  public LabOptions withBackupEvery(Duration time) {
    return with(draft -> draft.backupEvery = time);
  }

  public LabOptions withCooldown(Duration time) {
    return with(draft -> draft.cooldown = time);
  }

  /** With Prometheus and Alertmanager. */
  public LabOptions withMonitoring(MonitoringRhythm rhythm) {
    return with(draft -> draft.monitoring = Optional.of(rhythm));
  }

  /** The pipeline checks all and changes nothing. */
  public LabOptions withDryRun() {
    return with(draft -> draft.dryRun = true);
  }

  /**
   * With a Redis.
   *
   * @param procedures that may bring it back, in order
   */
  public LabOptions withRedis(List<String> procedures) {
    return with(draft -> draft.redis = procedures);
  }

  /** With an Azure that has the primary. */
  public LabOptions withAzure() {
    return with(draft -> draft.azure = true);
  }

  /** With the platform's volumes, and an Azure that has their disks. */
  public LabOptions withVolumes() {
    return with(
        draft -> {
          draft.azure = true;
          draft.volumes = true;
        });
  }

  /** With the cluster and the public health watched. */
  public LabOptions withClusterWatched() {
    return with(
        draft -> {
          draft.azure = true;
          draft.clusterWatched = true;
        });
  }

  /** With a cluster that is the Azure's, protected, and watched. */
  public LabOptions withManagedCluster() {
    return with(
        draft -> {
          draft.azure = true;
          draft.clusterWatched = true;
          draft.managedCluster = true;
        });
  }

  /** With steps side by side. */
  public LabOptions withParallel() {
    return with(draft -> draft.parallel = true);
  }

  /** With cutovers of a P0 that wait for a person. */
  public LabOptions withApproval() {
    return with(draft -> draft.approval = true);
  }

  /** With a Redis whose volume is what is recovered of it. */
  public LabOptions withRedisVolume() {
    return with(
        draft -> {
          draft.redis = List.of("redis.cold");
          draft.volumes = true;
          draft.azure = true;
          draft.redisVolume = true;
        });
  }

  /** Without the pipeline's services. */
  public LabOptions worldOnly() {
    return with(draft -> draft.services = false);
  }
}
