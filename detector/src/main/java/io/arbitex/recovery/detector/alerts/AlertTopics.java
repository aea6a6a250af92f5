package io.arbitex.recovery.detector.alerts;

import io.arbitex.recovery.alerts.UnmappedAlert;
import io.arbitex.recovery.record.HealthEvent;
import java.util.concurrent.CompletableFuture;

/** Where alerts go. The futures complete when it is kept, exceptionally when it could not be. */
interface AlertTopics {
  CompletableFuture<?> health(HealthEvent event);

  /**
   * @param why it counts for nothing
   */
  CompletableFuture<?> unmapped(String receiver, UnmappedAlert alert, String why);
}
