package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.Volume;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.executors.kubernetes.ClusterAccess;
import io.arbitex.recovery.executors.writers.Writers;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Digests;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the volume procedures work on, as the configuration has it.
 *
 * @param platform its name
 * @param bound the component's newest known binding
 * @param stores where its snapshots and disks are
 * @param patience how long a claim may take to become free, and one that is put back to be bound
 */
public record VolumeTarget(
    String platform,
    String component,
    Kubernetes kubernetes,
    Volume volume,
    Supplier<Optional<Bound>> bound,
    Stores stores,
    Duration patience) {
  /** Longer than pods' usual grace period and the detaching of a disk. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int LONGEST_NAME = 63;
  private static final int DIGEST = 10;

  /** Opens the store of a volume, for one action. */
  @FunctionalInterface
  public interface Stores {
    DiskStore open(VolumeTarget target) throws ActionFailure;
  }

  ClusterAccess access() {
    return new ClusterAccess(kubernetes);
  }

  DiskStore store() throws ActionFailure {
    return stores.open(this);
  }

  /** All that mount the volume. */
  Writers workloads() {
    return new Writers(kubernetes, volume.workloads(), "volume " + volume.claim());
  }

  /** The disk that a restore makes: its name says from which command it is. */
  String diskOf(StepCommand restore) {
    String suffix = "-r" + digest(restore);
    String claim = volume.claim();
    return claim.substring(0, Math.min(claim.length(), LONGEST_NAME - suffix.length())) + suffix;
  }

  /** Names the objects that the look at that disk needs. */
  static String workName(StepCommand restore) {
    return "recovery-" + digest(restore);
  }

  private static String digest(StepCommand restore) {
    return Digests.sha256(restore.getCommandId()).substring(0, DIGEST);
  }
}
