package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.AlertMapping;
import io.arbitex.recovery.alerts.ReceivedAlert;
import io.arbitex.recovery.alerts.UnmappedAlert;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.schemas.Times;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongBiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes alerts from all receivers and writes them to their topics, on a thread of its own: a send
 * may block for seconds while Kafka is away, and no sender shall wait for that. What is taken but
 * not yet kept is bounded in number and size; beyond, nothing is taken.
 *
 * <p>A message whose sender was told to come again may still be written later. That does no harm:
 * its identity is the same, and an alert that comes too late counts for nothing.
 */
final class AlertIntake implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertIntake.class);

  /** Most bytes of messages that are taken but not yet kept. */
  private static final int MOST_BYTES = 32 * 1024 * 1024;

  /** How many alerts of a message map to a component, and how many do not. */
  record Taken(int mapped, int unmapped) {}

  /**
   * @param receivedAt not when it is written: while Kafka is away it may wait here for long, and is
   *     late then
   */
  private record Message(
      String receiver,
      List<ReceivedAlert> alerts,
      int bytes,
      Instant receivedAt,
      CompletableFuture<Taken> kept) {}

  private final Inventory inventory;
  private final ToLongBiFunction<String, String> epoch;
  private final AlertTopics topics;
  private final AlertMetrics metrics;
  private final Clock clock;
  private final BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
  private final Semaphore places;
  private final Semaphore bytes = new Semaphore(MOST_BYTES);
  private final AtomicReference<Optional<String>> sick = new AtomicReference<>(Optional.empty());
  private final Thread thread = new Thread(this::run, "alert-intake");

  /**
   * @param epoch of the binding of a platform's component, as known now
   * @param most messages that are taken but not yet kept
   */
  AlertIntake(
      Inventory inventory,
      ToLongBiFunction<String, String> epoch,
      AlertTopics topics,
      AlertMetrics metrics,
      Clock clock,
      int most) {
    this.inventory = inventory;
    this.epoch = epoch;
    this.topics = topics;
    this.metrics = metrics;
    this.clock = clock;
    this.places = new Semaphore(most);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Why alerts are not kept; empty while they are. */
  Optional<String> sick() {
    return sick.get();
  }

  /**
   * Takes a message.
   *
   * @param size of the message in bytes
   * @return completes when all of it is kept, exceptionally when some is not; empty when there is
   *     no room
   */
  Optional<CompletableFuture<Taken>> take(String receiver, List<ReceivedAlert> alerts, int size) {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    if (!bytes.tryAcquire(size)) {
      places.release();
      return Optional.empty();
    }
    Message message =
        new Message(receiver, alerts, size, Times.now(clock), new CompletableFuture<>());
    metrics.received(receiver, alerts.size());
    queue.add(message);
    return Optional.of(message.kept().copy());
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        publish(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(Message message) {
    List<CompletableFuture<?>> writes = new ArrayList<>();
    int mapped = 0;
    try {
      for (ReceivedAlert alert : message.alerts()) {
        if (publish(message, alert, writes)) {
          mapped++;
        }
      }
    } catch (RuntimeException e) {
      // The others must go on; this one's sender is told that it was not kept.
      log.error("an alert of {} could not be handled", message.receiver(), e);
      writes.add(CompletableFuture.failedFuture(e));
    }
    Taken taken = new Taken(mapped, message.alerts().size() - mapped);
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
        .whenComplete((none, error) -> end(message, taken, error));
  }

  private boolean publish(Message message, ReceivedAlert alert, List<CompletableFuture<?>> writes) {
    String receiver = message.receiver();
    AlertMapping.Outcome outcome = AlertMapping.map(inventory, alert);
    if (outcome instanceof AlertMapping.Mapped mapped) {
      for (AlertMapping.Target target : mapped.targets()) {
        long now = epoch.applyAsLong(target.platform(), target.component());
        HealthEvent event = AlertMapping.event(alert, target, receiver, now);
        event.setReceivedAt(message.receivedAt());
        writes.add(topics.health(event));
      }
      metrics.mapped(receiver);
      return true;
    }
    String why = ((AlertMapping.Unmapped) outcome).why();
    writes.add(topics.unmapped(receiver, UnmappedAlert.of(alert), why));
    metrics.unmapped(receiver);
    return false;
  }

  private void end(Message message, Taken taken, Throwable error) {
    bytes.release(message.bytes());
    places.release();
    Optional<String> now =
        error == null
            ? Optional.empty()
            : Optional.of(
                "cannot publish alerts: " + (error.getCause() == null ? error : error.getCause()));
    Optional<String> before = sick.getAndSet(now);
    if (error == null) {
      message.kept().complete(taken);
    } else {
      message.kept().completeExceptionally(error);
    }
    if (now.isPresent() && before.isEmpty()) {
      log.warn("{}; the senders are told to come again", now.get());
    } else if (now.isEmpty() && before.isPresent()) {
      log.info("publishing alerts again");
    }
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
