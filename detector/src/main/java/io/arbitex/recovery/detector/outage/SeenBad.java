package io.arbitex.recovery.detector.outage;

import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The components that this observer itself holds for bad: as many bad observations in a row as the
 * policy asks of one observer. A quorum cannot be asked for while Kafka is away. To be used by any
 * thread.
 */
final class SeenBad {
  private final int confirmations;
  private final Map<String, Bad> bad = new ConcurrentSkipListMap<>();

  /**
   * @param text for people, as {@code postgresql is DOWN (UNREACHABLE)}
   */
  record Bad(String platform, String component, String text, Instant since) {}

  SeenBad(int confirmations) {
    this.confirmations = confirmations;
  }

  /** What cannot be told (UNKNOWN) changes nothing. */
  void seen(HealthEvent event) {
    String key = event.getPlatform() + "/" + event.getComponent();
    HealthStatus status = event.getStatus();
    if (status == HealthStatus.UP) {
      bad.remove(key);
    } else if ((status == HealthStatus.DOWN || status == HealthStatus.DEGRADED)
        && event.getConsecutive() >= confirmations) {
      bad.put(
          key,
          new Bad(
              event.getPlatform(),
              event.getComponent(),
              "%s is %s (%s)".formatted(event.getComponent(), status, event.getSymptom()),
              event.getBadSince() == null ? event.getObservedAt() : event.getBadSince()));
    }
  }

  List<Bad> of(String platform) {
    return bad.values().stream().filter(each -> each.platform().equals(platform)).toList();
  }
}
