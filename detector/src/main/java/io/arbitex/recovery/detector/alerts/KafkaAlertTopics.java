package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.UnmappedAlert;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Health events to {@code recovery.health}, unmapped alerts to {@code recovery.dead-letters}. */
final class KafkaAlertTopics implements AlertTopics, AutoCloseable {
  private final String service;
  private final Publisher publisher;
  private final KafkaProducer<String, byte[]> deadLetters;

  /**
   * Its clients are its own: an alert that cannot be written must not hold up what is observed.
   *
   * @param service the detector's name
   */
  KafkaAlertTopics(KafkaClients clients, Framing framing, String service) {
    this.service = service;
    this.publisher = new Publisher(clients, framing, "alerts");
    this.deadLetters = clients.producer("unmapped-alerts");
  }

  @Override
  public CompletableFuture<?> health(HealthEvent event) {
    return publisher.publish(Topic.HEALTH, event.getPlatform(), event);
  }

  @Override
  public CompletableFuture<?> unmapped(String receiver, UnmappedAlert alert, String why) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      deadLetters.send(
          DeadLetters.of(
              service,
              UnmappedAlert.ORIGIN + receiver,
              0,
              0,
              UnmappedAlert.KEY,
              alert.bytes(),
              why),
          (metadata, error) -> {
            if (error == null) {
              done.complete(null);
            } else {
              done.completeExceptionally(error);
            }
          });
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return done;
  }

  @Override
  public void close() {
    publisher.close();
    deadLetters.close(Duration.ofSeconds(5));
  }
}
