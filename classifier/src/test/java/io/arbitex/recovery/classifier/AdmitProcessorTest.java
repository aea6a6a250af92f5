package io.arbitex.recovery.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** A task of the fleet that goes on where another one has ended. */
class AdmitProcessorTest {
  private final Framing framing = new Framing();
  private final MovableClock clock = new MovableClock();
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(ClassifierTopology.ADMISSIONS),
              Serdes.String(),
              Serdes.ByteArray())
          .withLoggingDisabled()
          .build();
  private MockProcessorContext<String, Outgoing> context;
  private AdmitProcessor processor;

  private void start(int limit) {
    context = new MockProcessorContext<>();
    if (!store.isOpen()) {
      store.init(context.getStateStoreContext(), store);
    }
    context.addStateStore(store);
    context.setRecordMetadata(Topic.FLEET.topicName(), 0, 0);
    processor =
        new AdmitProcessor(
            Set.of("a", "b", "c", "d"),
            new Policy.Fleet(1, limit),
            framing,
            clock,
            new Counters(new SimpleMeterRegistry()));
    processor.init(context);
  }

  private void takes(String platform, FleetKind kind) {
    FleetEvent event = new FleetEvent("id", platform, "inc", kind, clock.instant(), 1L);
    processor.process(new Record<>(platform, framing.encode(event), 0));
  }

  private List<String> letIn() {
    List<String> platforms =
        context.forwarded().stream().<String>map(forward -> forward.record().key()).toList();
    context.resetForwards();
    return platforms;
  }

  @Test
  void whoWasLetInStaysAndWhoWaitsKeepsItsTurn() {
    start(1);
    takes("c", FleetKind.REQUEST);
    takes("b", FleetKind.REQUEST);
    takes("a", FleetKind.REQUEST);
    assertThat(letIn()).containsExactly("c");

    start(1);
    takes("d", FleetKind.REQUEST);
    takes("c", FleetKind.REQUEST);
    assertThat(letIn()).isEmpty();
    takes("c", FleetKind.RELEASE);
    assertThat(letIn()).containsExactly("b");
  }

  @Test
  void whoWaitsIsLetInSoonAfterTheStartOfAClassifierThatHasMoreRoom() {
    start(1);
    takes("c", FleetKind.REQUEST);
    takes("b", FleetKind.REQUEST);
    takes("a", FleetKind.REQUEST);
    start(2);
    CapturedPunctuator look = context.scheduledPunctuators().get(0);
    look.getPunctuator().punctuate(clock.millis());
    assertThat(letIn()).containsExactly("b");
    assertThat(look.cancelled()).as("once").isTrue();
  }
}
