package io.arbitex.recovery.detector.alerts;

import static io.arbitex.recovery.detector.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.alerts.AlertSender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AlertIntakeTest {
  private static final Instant RECEIVED = Instant.parse("2026-11-23T03:00:00Z");

  /**
   * An alert that had waited for Kafka was stamped when it was written, so that one of long ago
   * looked fresh to the classifier.
   */
  @Test
  void anAlertThatWaitedForKafkaSaysWhenItWasReceived() throws Exception {
    RecordingTopics topics = new RecordingTopics();
    SettableClock clock = new SettableClock();
    AlertMetrics metrics = new AlertMetrics(new SimpleMeterRegistry());
    try (AlertIntake intake =
        new AlertIntake(
            Examples.inventory(), (platform, component) -> 0, topics, metrics, clock, 10)) {
      byte[] body = Examples.CLOUD_EVENT.getBytes(StandardCharsets.UTF_8);
      assertThat(intake.take("azure", AlertSender.EVENT_GRID.read(body, RECEIVED), body.length))
          .isPresent();
      clock.now = RECEIVED.plus(Duration.ofHours(1));
      intake.start();
      until(() -> !topics.health.isEmpty());
    }
    assertThat(topics.health).extracting("receivedAt").isEqualTo(List.of(RECEIVED));
  }

  private static final class SettableClock extends Clock {
    private volatile Instant now = RECEIVED;

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
