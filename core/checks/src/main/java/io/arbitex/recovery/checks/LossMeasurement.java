package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How much was lost, as intervals that hold the truth. Pure.
 *
 * <p>Two moments bound a loss: the one the restored data comes from (R), and the one at which the
 * database stopped taking writes (F). Neither is known exactly; both are fenced in by canaries,
 * rows that an observer wrote each second and that the database acknowledged.
 *
 * <ul>
 *   <li>R is not before the newest canary that the restored database holds, and not after the next
 *       one that was acknowledged and is not there.
 *   <li>F is not before the last acknowledged canary, and not after the first bad observation.
 * </ul>
 *
 * <p>Seconds: at least (last canary − next canary after R), at most (first bad observation − newest
 * restored canary), each moved outwards by the clock margin.
 *
 * <p>Events: ids have no gaps, so the events lost are those between the restored head and the head
 * at F. The last canary saw a head, so that many are lost at least, less those that were written
 * but perhaps not yet acknowledged to a client. At most as many more came after it as the highest
 * rate ever seen between two canaries, times a factor, gives for the time until the first bad
 * observation. The assumption is stated: no burst after the last canary was faster than that.
 */
public final class LossMeasurement {
  /** Stands for "no upper bound is known". */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  /** Several observers write close to each other; over a shorter time a rate means nothing. */
  private static final double SHORTEST_RATE_SECONDS = 0.5;

  private LossMeasurement() {}

  /**
   * What the restored database holds.
   *
   * @param newestCanaryId empty when it holds none
   * @param auditHeadId its newest audit event, 0 for none
   * @param restorePointTakenAt the moment of the restore point; used where canaries say nothing
   */
  public record Restored(
      OptionalLong newestCanaryId, long auditHeadId, Instant restorePointTakenAt) {}

  /**
   * How far the intervals are moved outwards.
   *
   * @param clock difference of clocks, and the time an observation takes
   * @param rateFactor how much faster than ever seen the last burst may have been, at least 1
   * @param inFlight events that may be written but not acknowledged at one moment, at least 0
   */
  public record Margins(Duration clock, double rateFactor, long inFlight) {
    /** One second, twice the highest rate, 16 writers. */
    public static final Margins DEFAULT = new Margins(Duration.ofSeconds(1), 2.0, 16);
  }

  /**
   * The measured loss; the truth lies inside, ends included.
   *
   * @param eventsMax {@link #UNBOUNDED} when no rate is known
   * @param evidence how it was found, in one line
   */
  public record Loss(
      double secondsMin, double secondsMax, long eventsMin, long eventsMax, String evidence) {}

  /**
   * Measures.
   *
   * @param seen records on the topic of baselines; only canaries of before {@code firstBad} count
   * @param firstBad the first bad observation of the failure; where observers differ, the latest of
   *     their first bad ones, since until then one of them could still write
   */
  public static Loss measure(
      List<Baseline> seen, Restored restored, Instant firstBad, Margins margins) {
    List<Baseline> canaries = sinceLastRestore(seen, firstBad.plus(margins.clock()));
    double clock = seconds(margins.clock());
    Instant earliestRestored = earliestRestored(canaries, restored);
    double secondsMax = Math.max(0, seconds(Duration.between(earliestRestored, firstBad)) + clock);
    if (canaries.isEmpty()) {
      return new Loss(
          0,
          secondsMax,
          0,
          UNBOUNDED,
          "no canary was seen before the failure: bounded by the restore point of "
              + restored.restorePointTakenAt()
              + " and the first bad observation at "
              + firstBad);
    }
    Baseline last = canaries.get(canaries.size() - 1);
    Instant latestRestored = latestRestored(canaries, restored);
    double secondsMin =
        Math.max(0, seconds(Duration.between(latestRestored, last.getTakenAt())) - clock);
    long proven = last.getAuditHeadId() - restored.auditHeadId();
    long eventsMin = Math.max(0, proven - margins.inFlight());
    double rate = highestRate(canaries, restored);
    double open = Math.max(0, seconds(Duration.between(last.getTakenAt(), firstBad)) + clock);
    long eventsMax =
        rate < 0
            ? UNBOUNDED
            : Math.max(0, proven)
                + (long) Math.ceil(rate * margins.rateFactor() * open)
                + margins.inFlight();
    String evidence =
        "last canary %s with head %d, restored head %d, first bad observation %s, highest rate %s"
            .formatted(
                last.getTakenAt(),
                last.getAuditHeadId(),
                restored.auditHeadId(),
                firstBad,
                rate < 0 ? "unknown" : "%.1f/s".formatted(rate));
    return new Loss(secondsMin, secondsMax, eventsMin, eventsMax, evidence);
  }

  /**
   * Canaries of the history that failed. Where the head falls back, an earlier restore lies between
   * two canaries, and those before it speak of another history.
   */
  private static List<Baseline> sinceLastRestore(List<Baseline> seen, Instant until) {
    List<Baseline> canaries =
        seen.stream()
            .filter(each -> each.getKind() == BaselineKind.CANARY && each.getCanaryId() != null)
            .filter(each -> !each.getTakenAt().isAfter(until))
            .sorted(Comparator.comparing(Baseline::getTakenAt))
            .toList();
    int start = 0;
    // By writer: two writers overtake each other, one writer does not.
    Map<String, Long> heads = new HashMap<>();
    for (int i = 0; i < canaries.size(); i++) {
      Baseline canary = canaries.get(i);
      Long before = heads.put(canary.getSource(), canary.getAuditHeadId());
      if (before != null && canary.getAuditHeadId() < before) {
        start = i;
      }
    }
    return canaries.subList(start, canaries.size());
  }

  private static Instant earliestRestored(List<Baseline> canaries, Restored restored) {
    Instant earliest = restored.restorePointTakenAt();
    if (restored.newestCanaryId().isPresent()) {
      for (Baseline canary : canaries) {
        if (canary.getCanaryId() == restored.newestCanaryId().getAsLong()
            && canary.getTakenAt().isBefore(earliest)) {
          earliest = canary.getTakenAt();
        }
      }
    }
    return earliest;
  }

  private static Instant latestRestored(List<Baseline> canaries, Restored restored) {
    if (restored.newestCanaryId().isPresent()) {
      for (Baseline canary : canaries) {
        if (canary.getCanaryId() > restored.newestCanaryId().getAsLong()) {
          return canary.getTakenAt();
        }
      }
      return canaries.get(canaries.size() - 1).getTakenAt();
    }
    return restored.restorePointTakenAt();
  }

  /** Events a second; negative when nothing tells. */
  private static double highestRate(List<Baseline> canaries, Restored restored) {
    double highest = -1;
    int from = 0;
    for (int to = 1; to < canaries.size(); to++) {
      while (from + 1 < to && between(canaries, from + 1, to) >= SHORTEST_RATE_SECONDS) {
        from++;
      }
      double time = between(canaries, from, to);
      if (time >= SHORTEST_RATE_SECONDS) {
        long events = canaries.get(to).getAuditHeadId() - canaries.get(from).getAuditHeadId();
        highest = Math.max(highest, Math.max(0, events) / time);
      }
    }
    Baseline last = canaries.get(canaries.size() - 1);
    double time = seconds(Duration.between(restored.restorePointTakenAt(), last.getTakenAt()));
    if (time >= SHORTEST_RATE_SECONDS) {
      long events = last.getAuditHeadId() - restored.auditHeadId();
      highest = Math.max(highest, Math.max(0, events) / time);
    }
    return highest;
  }

  private static double between(List<Baseline> canaries, int from, int to) {
    return seconds(
        Duration.between(canaries.get(from).getTakenAt(), canaries.get(to).getTakenAt()));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
