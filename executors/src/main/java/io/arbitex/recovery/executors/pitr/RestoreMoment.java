package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The moment that a database is restored to. Where the data is damaged it is the newest moment that
 * was proven good, since nobody knows when the damage began and no row's own time tells. Where the
 * server is lost it is the newest moment that there is.
 *
 * @param id unlike that of any other moment of the component
 * @param at exclusive: what was committed before it comes back
 * @param checkpoint what was proven of it; empty where nothing was
 */
record RestoreMoment(String id, Instant at, Optional<Baseline> checkpoint) {
  private static final Set<Symptom> DAMAGED =
      EnumSet.of(Symptom.CORRUPT, Symptom.DATA_MISSING, Symptom.DATA_LOST);

  /** The source may be read and may lie: only a proven moment will do. */
  static boolean mustBeProven(Symptom symptom) {
    return DAMAGED.contains(symptom);
  }

  /**
   * What is worth a try, best first.
   *
   * @param checkpoints verified ones of this database, in any order
   * @param badSince the first bad observation
   * @param archiveLag how far the archive may lag behind
   */
  static List<RestoreMoment> candidates(
      Symptom symptom, List<Baseline> checkpoints, Instant badSince, Duration archiveLag) {
    List<RestoreMoment> proven =
        checkpoints.stream()
            .filter(each -> each.getTakenAt().isBefore(badSince))
            .sorted(Comparator.comparing(Baseline::getTakenAt).reversed())
            .map(each -> of(each.getTakenAt(), Optional.of(each)))
            .distinct()
            .toList();
    if (mustBeProven(symptom)) {
      return proven;
    }
    List<RestoreMoment> all = new ArrayList<>();
    all.add(of(badSince, Optional.empty()));
    if (!archiveLag.isZero()) {
      all.add(of(badSince.minus(archiveLag), Optional.empty()));
    }
    // What is left when both cannot be reached: a moment that surely was archived.
    proven.stream()
        .filter(each -> each.at().isBefore(badSince.minus(archiveLag)))
        .forEach(all::add);
    return all;
  }

  private static RestoreMoment of(Instant at, Optional<Baseline> checkpoint) {
    return new RestoreMoment(
        "pitr-" + ChronoUnit.MICROS.between(Instant.EPOCH, at), at, checkpoint);
  }

  /** Whether Azure's backups reach back to it. */
  boolean withinWindow(Instant earliest) {
    return !at.isBefore(earliest);
  }
}
