package io.arbitex.recovery.detector;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Remembers how many keys a Redis had when it was last good, and judges what it has now. A keyspace
 * that falls below a share of that has lost data, unless the keys went by themselves. A server that
 * came back from a restart without them is {@link Symptom#DATA_LOST}; one that lives on without
 * them is {@link Symptom#DATA_MISSING}: somebody may have meant it.
 *
 * <p>What is remembered stays while the keys are missing, for a day at most: then nobody has
 * restored them, and what is there counts as meant.
 */
final class KeyspaceMemory {
  /** Fewer keys than this may go for any reason. */
  static final long LEAST = 100;

  /** How long missing keys are held against a server. */
  static final Duration HELD_AGAINST = Duration.ofHours(24);

  private record Sample(long keys, String runId, long goneByThemselves, Instant at) {}

  private final double collapse;
  private final Supplier<Optional<Known>> known;
  private Optional<Sample> good = Optional.empty();
  private Instant counting = Instant.EPOCH;

  /** What else is known of a good moment, by the newest restore point: an observer may be new. */
  record Known(long keys, Instant at) {}

  /** What is wrong with the keyspace. */
  record Finding(Symptom symptom, String detail) {}

  /**
   * @param collapse share of the good keys below which data is missing, 0 to 1; 0 for never
   * @param known asked while this observer has no good moment of its own
   */
  KeyspaceMemory(double collapse, Supplier<Optional<Known>> known) {
    this.collapse = collapse;
    this.known = known;
  }

  /** What is wrong now; empty when nothing, which is then remembered. */
  Optional<Finding> judge(RedisInfo info, Instant at) {
    if (good.filter(sample -> isTooOld(sample.at(), at)).isPresent()) {
      good = Optional.empty();
    }
    Optional<Sample> before = good.or(() -> ofRestorePoint(at));
    Optional<Finding> finding = before.flatMap(sample -> compare(sample, info));
    if (finding.isEmpty()) {
      good = Optional.of(new Sample(info.keys(), info.runId(), info.goneByThemselves(), at));
    }
    return finding;
  }

  /** From another resource on, nothing that was known of the one before counts. */
  void startAnew(Instant since) {
    good = Optional.empty();
    counting = since;
  }

  private Optional<Sample> ofRestorePoint(Instant now) {
    return known
        .get()
        .filter(point -> point.at().isAfter(counting) && !isTooOld(point.at(), now))
        .map(point -> new Sample(point.keys(), "", 0, point.at()));
  }

  private static boolean isTooOld(Instant moment, Instant now) {
    return now.isAfter(moment.plus(HELD_AGAINST));
  }

  private Optional<Finding> compare(Sample before, RedisInfo info) {
    long keys = info.keys();
    long missing = before.keys() - keys;
    if (before.keys() < LEAST || keys >= before.keys() * collapse) {
      return Optional.empty();
    }
    boolean sameRun = info.runId().equals(before.runId());
    long byThemselves =
        sameRun
            ? info.goneByThemselves() - before.goneByThemselves()
            : info.goneByThemselves() + info.number("rdb_last_load_keys_expired").orElse(0);
    if (byThemselves * 2 >= missing) {
      return Optional.empty();
    }
    boolean restarted = !before.runId().isEmpty() && !sameRun;
    return Optional.of(
        new Finding(
            restarted ? Symptom.DATA_LOST : Symptom.DATA_MISSING,
            "%d keys are left of %d%s"
                .formatted(keys, before.keys(), restarted ? " after a restart" : "")));
  }
}
