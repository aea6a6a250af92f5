package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.checks.Checkpoint;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/**
 * The moments at which a component's database was proven whole.
 *
 * @param records where they are read
 */
public record Checkpoints(String platform, String component, Records records) {
  /** Read first where it is near, since canaries make the topic long. */
  public static final List<Duration> LOOK_BACK =
      List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(40));

  /** Baselines, canaries and checkpoints of a component. */
  @FunctionalInterface
  public interface Records {
    List<Baseline> since(
        String platform, String component, Instant since, Predicate<Baseline> keep);
  }

  /**
   * The newest one, signed, of the very database that the command names: another one's moments are
   * another history.
   *
   * @param key the platform's audit key
   * @param before only what was proven before it; empty for all there is
   * @return empty when none of the last 40 days is known, or the command names no source
   * @throws ActionFailure TARGET_UNREACHABLE when it cannot be told, to be tried again
   */
  public Optional<Baseline> newest(ActionContext context, byte[] key, Optional<Instant> before)
      throws ActionFailure {
    Instant end = before.orElseGet(() -> context.clock().instant());
    for (Duration back : LOOK_BACK) {
      Optional<Baseline> newest =
          all(context, key, before, end.minus(back)).stream()
              .max(Comparator.comparing(Baseline::getTakenAt));
      if (newest.isPresent()) {
        return newest;
      }
    }
    return Optional.empty();
  }

  /**
   * All of them, in no order.
   *
   * @param since published at or after it
   * @throws ActionFailure as {@link #newest}
   */
  public List<Baseline> all(
      ActionContext context, byte[] key, Optional<Instant> before, Instant since)
      throws ActionFailure {
    Optional<String> resource = context.fact(RestoreFacts.SOURCE_RESOURCE);
    Optional<Long> epoch = context.fact(RestoreFacts.SOURCE_EPOCH).map(Long::parseLong);
    if (resource.isEmpty() || epoch.isEmpty()) {
      return List.of();
    }
    return read(context, BaselineKind.CHECKPOINT, since).stream()
        .filter(each -> before.isEmpty() || each.getTakenAt().isBefore(before.get()))
        .filter(each -> each.getResource().equals(resource.get()))
        .filter(each -> each.getBindingEpoch() == epoch.get())
        .filter(each -> Checkpoint.verified(each, platform, component, key).isPresent())
        .toList();
  }

  /**
   * The newest canary that was acknowledged before a moment.
   *
   * @param since acknowledged after it
   * @throws ActionFailure as {@link #newest}
   */
  public Optional<Baseline> newestCanary(ActionContext context, Instant before, Instant since)
      throws ActionFailure {
    return read(context, BaselineKind.CANARY, since).stream()
        .filter(each -> each.getCanaryId() != null && each.getTakenAt().isBefore(before))
        .max(Comparator.comparing(Baseline::getTakenAt));
  }

  private List<Baseline> read(ActionContext context, BaselineKind kind, Instant since)
      throws ActionFailure {
    try {
      return records.since(platform, component, since, each -> each.getKind() == kind);
    } catch (KafkaException e) {
      throw new ActionFailure(
          FailureCode.TARGET_UNREACHABLE,
          "Kafka does not say what was proven of " + context.command().getComponent() + ": " + e,
          "See whether the brokers are up.",
          true,
          e);
    }
  }
}
