package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this observer knows of the data of one database, as long as it is bound and the audit key is
 * the same: of another one, or of the next epoch, nothing of it counts. The probe and the full
 * check write to it side by side.
 */
final class KnownDatabase {
  private final String resource;
  private final long epoch;
  private final String key;
  private volatile long began;
  private volatile Optional<ChainAnchor> seen = Optional.empty();
  private volatile Optional<Baseline> checkpoint = Optional.empty();
  private volatile Optional<Finding> byTail = Optional.empty();
  private volatile Optional<Finding> byChecksums = Optional.empty();
  private volatile Optional<Finding> byFullCheck = Optional.empty();
  private volatile Optional<Finding> byAmcheck = Optional.empty();

  /**
   * @param key digest of the audit key: by another key nothing of it is proven
   */
  KnownDatabase(String resource, long epoch, String key) {
    this.resource = resource;
    this.epoch = epoch;
    this.key = key;
  }

  boolean is(String otherResource, long otherEpoch, String otherKey) {
    return resource.equals(otherResource) && epoch == otherEpoch && key.equals(otherKey);
  }

  /** The digest of the audit key that it is known by. */
  String key() {
    return key;
  }

  /** Begins to follow the chain at an event. */
  void begin(ChainAnchor at) {
    began = at.headId();
    seen = Optional.of(at);
  }

  /** The event at which the chain was begun to be followed. */
  long began() {
    return began;
  }

  /** Up to which event the chain was followed; empty before it was begun. */
  Optional<ChainAnchor> seen() {
    return seen;
  }

  /** The last moment that was proven of this database. */
  Optional<Baseline> checkpoint() {
    return checkpoint;
  }

  void follow(ChainAnchor to) {
    seen = Optional.of(to);
  }

  void proven(Baseline now) {
    checkpoint = Optional.of(now);
  }

  void byTail(Optional<Finding> found) {
    byTail = found;
  }

  void byChecksums(Optional<Finding> found) {
    byChecksums = found;
  }

  void byFullCheck(Optional<Finding> found) {
    byFullCheck = found;
  }

  void byAmcheck(Optional<Finding> found) {
    byAmcheck = found;
  }

  /** All that is wrong, told as one; missing data is the worse of the two symptoms. */
  Optional<Finding> finding() {
    List<Finding> all =
        Stream.of(byFullCheck, byTail, byChecksums, byAmcheck).flatMap(Optional::stream).toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    boolean missing = all.stream().anyMatch(each -> each.symptom() == Symptom.DATA_MISSING);
    return Optional.of(
        new Finding(
            missing ? Symptom.DATA_MISSING : Symptom.CORRUPT,
            all.stream().map(Finding::detail).distinct().collect(Collectors.joining("; "))));
  }
}
