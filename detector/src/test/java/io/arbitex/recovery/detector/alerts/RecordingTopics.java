package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.UnmappedAlert;
import io.arbitex.recovery.record.HealthEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Keeps what would go to the topics, and answers as it is told to. */
final class RecordingTopics implements AlertTopics {
  /** An unmapped alert with its receiver and the reason. */
  record Kept(String receiver, UnmappedAlert alert, String why) {}

  final List<HealthEvent> health = new CopyOnWriteArrayList<>();
  final List<Kept> unmapped = new CopyOnWriteArrayList<>();
  volatile Supplier<CompletableFuture<?>> answer = () -> CompletableFuture.completedFuture(null);

  @Override
  public CompletableFuture<?> health(HealthEvent event) {
    CompletableFuture<?> now = answer.get();
    health.add(event);
    return now;
  }

  @Override
  public CompletableFuture<?> unmapped(String receiver, UnmappedAlert alert, String why) {
    CompletableFuture<?> now = answer.get();
    unmapped.add(new Kept(receiver, alert, why));
    return now;
  }
}
