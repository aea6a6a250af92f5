package io.arbitex.recovery.detector;

import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.schemas.Times;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one component again and again, and tells what is worth telling. */
final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  /** What a watch needs to know of its place. */
  record Place(String platform, String component, String observer) {}

  /**
   * @param interval from the begin of one look to the begin of the next
   * @param limit after which a look is called off, and counts as HUNG
   */
  record Rhythm(Duration interval, Duration limit, Duration heartbeat) {}

  /**
   * What the component is now.
   *
   * @param epoch of the binding that says so
   * @param probe looks at that resource
   */
  record Target(String resource, long epoch, Probe probe) {}

  private final Place place;
  private final Rhythm rhythm;
  private final Witness witness;
  private final Supplier<Target> target;
  private final Clock clock;
  private final Consumer<HealthEvent> tell;
  private final Thread thread;
  private ExecutorService looker;
  private Streak streak;
  private long epoch = -1;
  private volatile long lookedAt = System.nanoTime();
  private volatile Optional<String> aimless = Optional.empty();

  Watch(
      Place place,
      Rhythm rhythm,
      Witness witness,
      Supplier<Target> target,
      Clock clock,
      Consumer<HealthEvent> tell) {
    this.place = place;
    this.rhythm = rhythm;
    this.witness = witness;
    this.target = target;
    this.clock = clock;
    this.tell = tell;
    this.looker = looker(place);
    this.thread = new Thread(this::run, "watch-" + place.platform() + "-" + place.component());
  }

  void start() {
    thread.start();
  }

  /** Why nothing is looked at any more; empty while it is. */
  Optional<String> sick() {
    if (aimless.isPresent()) {
      return aimless;
    }
    Duration since = Duration.ofNanos(System.nanoTime() - lookedAt);
    Duration most = rhythm.interval().plus(rhythm.limit()).multipliedBy(3).plusSeconds(5);
    return since.compareTo(most) > 0
        ? Optional.of(place.component() + " was not looked at for " + since.toSeconds() + " s")
        : Optional.empty();
  }

  private void run() {
    long next = System.nanoTime();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          round();
        } catch (RuntimeException e) {
          // A watch that ends is an observer that is silent without saying so.
          log.error("a look at {} failed in itself; the next one follows", place.component(), e);
        }
        lookedAt = System.nanoTime();
        next = Math.max(next + rhythm.interval().toNanos(), System.nanoTime());
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      looker.shutdownNow();
    }
  }

  private void round() throws InterruptedException {
    Target bound;
    try {
      bound = target.get();
    } catch (IllegalStateException e) {
      // Silence is right: the quorum counts it as knowing nothing, and the heartbeat stops.
      if (aimless.isEmpty()) {
        log.error("cannot look at {}: {}", place.component(), e.getMessage());
      }
      aimless = Optional.of("cannot look at " + place.component() + ": " + e.getMessage());
      return;
    }
    aimless = Optional.empty();
    if (bound.epoch() != epoch) {
      epoch = bound.epoch();
      streak = new Streak(rhythm.heartbeat());
    }
    Observation seen = look(bound);
    if (seen.status() != HealthStatus.UP && seen.status() != HealthStatus.UNKNOWN) {
      seen = witness.blind().map(why -> Observation.unknown(why, Times.now(clock))).orElse(seen);
    }
    if (streak.add(seen)) {
      tell.accept(event(bound, seen));
    }
  }

  private Observation look(Target bound) throws InterruptedException {
    Instant at = Times.now(clock);
    Future<Observation> running = looker.submit(() -> bound.probe().look(at));
    try {
      return running.get(rhythm.limit().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      // The thread may hang in the network for ever; the next look must not wait for it.
      looker.shutdownNow();
      looker = looker(place);
      return bound.probe().hung(at, rhythm.limit());
    } catch (ExecutionException e) {
      log.error("the probe of {} failed in itself", place.component(), e.getCause());
      return Observation.unknown("the probe failed in itself: " + e.getCause(), at);
    }
  }

  private HealthEvent event(Target bound, Observation seen) {
    return HealthEvent.newBuilder()
        .setId(place.observer() + "/" + place.component() + "/" + seen.at())
        .setPlatform(place.platform())
        .setComponent(place.component())
        .setObserver(place.observer())
        .setSource(HealthSource.PROBE)
        .setStatus(seen.status())
        .setSymptom(seen.symptom())
        .setConsecutive(streak.consecutive())
        .setResource(bound.resource())
        .setBindingEpoch(bound.epoch())
        .setObservedAt(seen.at())
        .setBadSince(streak.badSince())
        .setDetail(seen.detail())
        .build();
  }

  private static ExecutorService looker(Place place) {
    return Executors.newSingleThreadExecutor(
        work -> {
          Thread thread = new Thread(work, "look-" + place.component());
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
