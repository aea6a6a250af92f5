package io.arbitex.recovery.detector.alerts;

import static io.arbitex.recovery.detector.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PullReceiverTest {
  @TempDir private Path folder;
  private final RecordingTopics topics = new RecordingTopics();
  private FakeNamespace namespace;
  private AlertIntake intake;
  private PullReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("key"), "k3y");
    namespace = new FakeNamespace();
    AlertMetrics metrics = new AlertMetrics(new SimpleMeterRegistry());
    intake =
        new AlertIntake(
            Examples.inventory(),
            (platform, component) -> 0,
            topics,
            metrics,
            Clock.systemUTC(),
            10);
    intake.start();
    ReceiverSettings settings =
        Examples.settings(
            folder,
            """
            receivers:
              pull:
                - {name: space, endpoint: "%s", topic: t, subscription: s, key: file:key, every: 20ms}
            """
                .formatted(namespace.endpoint()));
    receiver = new PullReceiver(settings.pull().get(0), intake, metrics, Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    receiver.close();
    intake.close();
    namespace.close();
  }

  @Test
  void anEventIsAcknowledgedOnlyOnceItIsKept() throws InterruptedException {
    CompletableFuture<Void> kafka = new CompletableFuture<>();
    topics.answer = () -> kafka;
    namespace.offer(Examples.CLOUD_EVENT);
    receiver.start();
    until(() -> !topics.health.isEmpty());
    assertThat(namespace.settled).isEmpty();
    kafka.complete(null);
    until(() -> !namespace.settled.isEmpty());
    assertThat(namespace.settled).containsExactly("acknowledge");
    assertThat(topics.health.get(0).getObserver()).isEqualTo("space");
  }

  @Test
  void whatIsNotKeptIsReleasedAndComesAgainWithTheSameIdentity() throws InterruptedException {
    topics.answer = () -> CompletableFuture.failedFuture(new IOException("no broker"));
    namespace.offer(Examples.CLOUD_EVENT);
    receiver.start();
    until(() -> namespace.settled.size() >= 2);
    assertThat(namespace.settled).containsOnly("release");
    topics.answer = () -> CompletableFuture.completedFuture(null);
    until(() -> namespace.settled.contains("acknowledge"));
    assertThat(topics.health)
        .extracting(event -> event.getAlertId())
        .containsOnly(topics.health.get(0).getAlertId());
  }

  @Test
  void whatMapsToNothingOrCannotBeReadIsKeptAndAcknowledgedNeverRejected()
      throws InterruptedException {
    namespace.offer(
        "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"/s\", \"type\": \"Other\"}");
    namespace.offer("{\"nonsense\": 1}");
    receiver.start();
    until(() -> namespace.settled.size() == 2);
    assertThat(namespace.settled).containsOnly("acknowledge");
    assertThat(topics.health).isEmpty();
    assertThat(topics.unmapped).hasSize(2);
  }

  @Test
  void aNamespaceThatIsAwayIsSaidAndPulledAgainWhenItIsBack() throws InterruptedException {
    namespace.broken = true;
    receiver.start();
    until(() -> receiver.sick().isPresent());
    assertThat(receiver.sick()).hasValueSatisfying(why -> assertThat(why).doesNotContain("k3y"));
    namespace.broken = false;
    namespace.offer(Examples.CLOUD_EVENT);
    until(() -> namespace.settled.contains("acknowledge"));
    until(() -> receiver.sick().isEmpty());
  }
}
