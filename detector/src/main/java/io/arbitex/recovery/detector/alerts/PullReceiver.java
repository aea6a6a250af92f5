package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.AlertSender;
import io.arbitex.recovery.alerts.ReceivedAlert;
import io.arbitex.recovery.alerts.UnreadableAlert;
import io.arbitex.recovery.configuration.AlertMatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches events, and acknowledges one only when Kafka has what it says. One that is not kept is
 * released, and comes again. None is ever rejected: an event that maps to no component, or cannot
 * be read, is kept as unmapped and acknowledged.
 */
final class PullReceiver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PullReceiver.class);

  /** How long Kafka may take with one event, well under the minute for which it is locked. */
  private static final Duration KEEP = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final ReceiverSettings.Pull settings;
  private final NamespaceClient namespace;
  private final AlertIntake intake;
  private final AlertMetrics metrics;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile String failure;

  PullReceiver(
      ReceiverSettings.Pull settings, AlertIntake intake, AlertMetrics metrics, Clock clock) {
    this.settings = settings;
    this.namespace = new NamespaceClient(settings);
    this.intake = intake;
    this.metrics = metrics;
    this.clock = clock;
    this.thread = new Thread(this::run, "pull-" + settings.name());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  String name() {
    return settings.name();
  }

  /** Why nothing is fetched; empty while it is. */
  Optional<String> sick() {
    return Optional.ofNullable(failure);
  }

  private void run() {
    Duration pause = settings.every();
    try {
      // The HTTP client may swallow an interrupt, so the latch alone says when to end.
      while (closed.getCount() > 0) {
        boolean more = false;
        try {
          more = round();
          recovered();
          pause = settings.every();
        } catch (IOException | RuntimeException e) {
          failed(e);
          Duration longer = pause.multipliedBy(2);
          pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
        if (!more && closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void failed(Exception error) {
    if (failure == null && closed.getCount() > 0) {
      log.warn("cannot pull alerts of {}; it is tried again", settings.name(), error);
    }
    failure = "cannot pull alerts of " + settings.name() + ": " + error;
  }

  private void recovered() {
    if (failure != null) {
      log.info("pulling alerts of {} again", settings.name());
      failure = null;
    }
  }

  /**
   * Returns whether there may be more. All events of a batch are handed on before any is waited
   * for, so that none outlives its lock.
   *
   * @throws IOException when one was not kept: the next round comes later
   */
  private boolean round() throws IOException, InterruptedException {
    List<NamespaceClient.Locked> events = namespace.receive();
    List<Optional<CompletableFuture<AlertIntake.Taken>>> taken = new ArrayList<>();
    for (NamespaceClient.Locked each : events) {
      byte[] event = each.event().getBytes(StandardCharsets.UTF_8);
      taken.add(intake.take(settings.name(), alerts(event), event.length));
    }
    long until = System.nanoTime() + KEEP.toNanos();
    int lost = 0;
    for (int i = 0; i < events.size(); i++) {
      if (kept(taken.get(i), until)) {
        namespace.acknowledge(events.get(i).lockToken());
      } else {
        lost++;
        namespace.release(events.get(i).lockToken());
      }
    }
    if (lost > 0) {
      throw new IOException(lost + " of " + events.size() + " events could not be kept");
    }
    return !events.isEmpty();
  }

  private boolean kept(Optional<CompletableFuture<AlertIntake.Taken>> taken, long until)
      throws InterruptedException {
    if (taken.isEmpty()) {
      metrics.rejected(settings.name(), AlertMetrics.Rejection.QUEUE_FULL);
      return false;
    }
    try {
      taken.get().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      log.debug("{}: an event was not kept and is released", settings.name(), e);
      metrics.rejected(settings.name(), AlertMetrics.Rejection.NOT_KEPT);
      return false;
    }
  }

  private List<ReceivedAlert> alerts(byte[] event) {
    try {
      return AlertSender.EVENT_GRID.read(event, clock.instant());
    } catch (UnreadableAlert e) {
      return List.of(
          new ReceivedAlert.Unclear(
              e.getMessage(), new AlertMatch.Origin(List.of(), Map.of(), ""), ""));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
