package io.arbitex.recovery.backup;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointState;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Backs up a volume: a snapshot of the disk behind its claim, as consistent as the disk of a server
 * that lost its power. It counts once Azure has all of it.
 */
public final class VolumeBackup {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
  private static final long LOOK_SECONDS = 1;

  private final Kubernetes own;
  private final Volume volume;
  private final VolumeSnapshots snapshots;
  private final Clock clock;
  private final Duration limit;
  private final CountDownLatch cancelled = new CountDownLatch(1);

  /**
   * Of a volume of the inventory.
   *
   * @param platform with its cluster and its Azure
   * @param limit for one whole snapshot
   */
  public static VolumeBackup of(
      Inventory.Platform platform, String component, Volume volume, Clock clock, Duration limit) {
    // The inventory refuses a volume without a cluster and an Azure.
    return new VolumeBackup(
        platform.kubernetes().orElseThrow(),
        volume,
        new VolumeSnapshots(
            platform.name(), component, platform.azure().orElseThrow(), volume.azure()),
        clock,
        limit);
  }

  private VolumeBackup(
      Kubernetes own, Volume volume, VolumeSnapshots snapshots, Clock clock, Duration limit) {
    this.own = own;
    this.volume = volume;
    this.snapshots = snapshots;
    this.clock = clock;
    this.limit = limit;
  }

  /** Takes a snapshot of the disk that is behind the claim in the inventory's cluster. */
  public RestorePoint take() throws BackupFailed, InterruptedException {
    return take(own);
  }

  /**
   * Takes a snapshot.
   *
   * @param cluster that the platform is bound to now: the claim in one that was given up has
   *     another disk
   * @throws BackupFailed when there is none now; earlier ones are untouched
   */
  public RestorePoint take(Kubernetes cluster) throws BackupFailed, InterruptedException {
    Instant begin = clock.instant();
    String name = volume.claim() + "-" + NAME.format(begin);
    try {
      snapshots.begin(name, handle(cluster));
      while (true) {
        Optional<RestorePoint> found = snapshots.find(name);
        if (found.filter(at -> at.getState() == RestorePointState.AVAILABLE).isPresent()) {
          return found.get();
        }
        if (clock.instant().isAfter(begin.plus(limit))) {
          throw new BackupFailed(
              "the snapshot " + name + " is not whole within " + limit,
              "See Azure's activity log for it; it is not deleted.");
        }
        if (cancelled.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
          throw new BackupFailed("the snapshot " + name + " was not waited for", "Nothing.");
        }
      }
    } catch (IOException e) {
      throw new BackupFailed(
          e.getMessage(), "docs/azure.md says which roles the backup needs, and where.", e);
    }
  }

  /** Deletes all but the newest that this service has taken; those are returned. */
  public List<RestorePoint> keepNewest(int keep) {
    return shelf(keep).keepNewest();
  }

  SnapshotShelf shelf(int keep) {
    return new SnapshotShelf(snapshots, keep);
  }

  /** Ends the wait for a snapshot in another thread. */
  void cancel() {
    cancelled.countDown();
  }

  /** Of the disk that is behind the claim now. */
  private String handle(Kubernetes cluster) throws BackupFailed, IOException {
    try (KubernetesClient client = ClusterClients.open(cluster)) {
      PersistentVolumeClaim claim =
          client
              .persistentVolumeClaims()
              .inNamespace(cluster.namespace())
              .withName(volume.claim())
              .get();
      String phase = claim == null ? "missing" : claim.getStatus().getPhase();
      PersistentVolume bound =
          "Bound".equals(phase)
              ? client.persistentVolumes().withName(claim.getSpec().getVolumeName()).get()
              : null;
      if (bound == null || bound.getSpec().getCsi() == null) {
        throw new BackupFailed(
            "the claim "
                + volume.claim()
                + " is "
                + phase
                + (bound == null ? ", there is no volume behind it" : ", on no disk of Azure"),
            "See the detectors of this component.");
      }
      return bound.getSpec().getCsi().getVolumeHandle();
    } catch (KubernetesClientException e) {
      throw new BackupFailed(
          "the cluster does not say what is behind the claim "
              + volume.claim()
              + ": HTTP "
              + e.getCode(),
          "See whether it answers, and whether the backup may read claims and volumes.",
          e);
    }
  }
}
