package io.arbitex.recovery.detector;

import io.arbitex.recovery.checks.redis.RedisInfo;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Remembers how many keys a Redis had lately, and judges what it has now. A keyspace that falls
 * below a share of that has lost data, unless the keys went by themselves. A server that came back
 * from a restart without them is {@link Symptom#DATA_LOST}; one that lives on without them is
 * {@link Symptom#DATA_MISSING}: somebody may have meant it.
 *
 * <p>What was found stays found until nearly all keys are back, another resource is bound, or a day
 * has passed in which nobody did anything: new logins must not hide that the old ones are gone.
 */
final class KeyspaceMemory {
  /** Fewer keys than this may go for any reason. */
  static final long LEAST = 100;

  /** How long missing keys are held against a server. */
  static final Duration HELD_AGAINST = Duration.ofHours(24);

  /** The most keys of this time are compared with, so that a loss in steps is one too. */
  static final Duration LATELY = Duration.ofMinutes(10);

  /** A restart keeps what was written; one that lost half did not only lose its last second. */
  static final double KEPT_BY_A_RESTART = 0.5;

  /** So many are back that the finding is over. */
  static final double BACK = 0.9;

  private record Sample(long keys, String runId, long goneByThemselves, Instant at) {}

  private record Missing(Finding finding, Sample before) {}

  private final double collapse;
  private final Supplier<Optional<Known>> known;
  private Optional<Sample> good = Optional.empty();
  private Optional<Missing> missing = Optional.empty();
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
    missing = missing.filter(each -> !isTooOld(each.before().at(), at) && !isBack(each, info));
    if (missing.isPresent()) {
      return missing.map(Missing::finding);
    }
    good = good.filter(sample -> !isTooOld(sample.at(), at));
    Optional<Sample> before = good.or(() -> ofRestorePoint(at));
    missing = before.flatMap(sample -> compare(sample, info, at));
    if (missing.isEmpty()) {
      remember(new Sample(info.keys(), info.runId(), info.goneByThemselves(), at));
    }
    return missing.map(Missing::finding);
  }

  /** From another resource on, nothing that was known of the one before counts. */
  void startAnew(Instant since) {
    good = Optional.empty();
    missing = Optional.empty();
    counting = since;
  }

  private void remember(Sample now) {
    boolean sinks =
        good.filter(
                sample ->
                    sample.keys() > now.keys()
                        && sample.runId().equals(now.runId())
                        && now.at().isBefore(sample.at().plus(LATELY)))
            .isPresent();
    if (!sinks) {
      good = Optional.of(now);
    }
  }

  private static boolean isBack(Missing missing, RedisInfo info) {
    return info.keys() >= missing.before().keys() * BACK;
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

  private Optional<Missing> compare(Sample before, RedisInfo info, Instant at) {
    long keys = info.keys();
    boolean restarted = restartedSince(before, info, at);
    double share = collapse == 0 ? 0 : restarted ? Math.max(collapse, KEPT_BY_A_RESTART) : collapse;
    if (before.keys() < LEAST
        || keys >= before.keys() * share
        || byThemselves(before, restarted, info) * 2 >= before.keys() - keys) {
      return Optional.empty();
    }
    Finding finding =
        new Finding(
            restarted ? Symptom.DATA_LOST : Symptom.DATA_MISSING,
            "%d keys are left of %d%s"
                .formatted(keys, before.keys(), restarted ? " after a restart" : ""));
    return Optional.of(new Missing(finding, before));
  }

  /** By the name of the run; where the sample has none, by how long the server is up. */
  private static boolean restartedSince(Sample before, RedisInfo info, Instant at) {
    if (!before.runId().isEmpty()) {
      return !info.runId().equals(before.runId());
    }
    OptionalLong up = info.number("uptime_in_seconds");
    return up.isPresent() && at.minusSeconds(up.getAsLong()).isAfter(before.at());
  }

  /** Counters say something of the time since the sample only if they began with it or after it. */
  private static long byThemselves(Sample before, boolean restarted, RedisInfo info) {
    if (restarted) {
      return info.goneByThemselves() + info.number("rdb_last_load_keys_expired").orElse(0);
    }
    return before.runId().isEmpty()
        ? 0
        : Math.max(0, info.goneByThemselves() - before.goneByThemselves());
  }
}
