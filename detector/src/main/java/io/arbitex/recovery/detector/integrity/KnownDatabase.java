package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.checks.ChainAnchor;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this observer knows of the data of one database, as long as it is bound: of another one, or
 * of the next epoch, nothing of it counts. The probe and the full check write to it side by side.
 */
final class KnownDatabase {
  private final String resource;
  private final long epoch;
  private volatile Optional<ChainAnchor> seen = Optional.empty();
  private volatile Optional<Baseline> checkpoint = Optional.empty();
  private volatile Optional<Finding> byTail = Optional.empty();
  private volatile Optional<Finding> byChecksums = Optional.empty();
  private volatile Optional<Finding> byFullCheck = Optional.empty();
  private volatile Optional<Finding> byAmcheck = Optional.empty();

  KnownDatabase(String resource, long epoch) {
    this.resource = resource;
    this.epoch = epoch;
  }

  boolean is(String otherResource, long otherEpoch) {
    return resource.equals(otherResource) && epoch == otherEpoch;
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
