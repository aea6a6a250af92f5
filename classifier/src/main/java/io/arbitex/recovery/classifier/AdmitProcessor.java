package io.arbitex.recovery.classifier;

import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.decider.fleet.Admission;
import io.arbitex.recovery.record.AdmissionView;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Carries {@link Admission}: requests of all platforms come in by one partition, grants go out by
 * each platform's own. Exactly-once processing makes an answer and what is kept of it one step.
 */
final class AdmitProcessor implements Processor<String, byte[], String, Outgoing> {
  /** Soon after a start: another configuration may have a place for somebody who waits. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(100);

  private final Set<String> platforms;
  private final Policy.Fleet policy;
  private final Framing framing;
  private final Clock clock;
  private final Counters counters;
  private ProcessorContext<String, Outgoing> context;
  private KeyValueStore<String, byte[]> store;
  private Burial burial;
  private Admission admission;
  private Cancellable firstLook;

  AdmitProcessor(
      Set<String> platforms, Policy.Fleet policy, Framing framing, Clock clock, Counters counters) {
    this.platforms = platforms;
    this.policy = policy;
    this.framing = framing;
    this.clock = clock;
    this.counters = counters;
  }

  @Override
  public void init(ProcessorContext<String, Outgoing> processorContext) {
    context = processorContext;
    burial = new Burial(context, clock, counters);
    store = context.getStateStore(ClassifierTopology.ADMISSIONS);
    List<AdmissionView> kept = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      all.forEachRemaining(entry -> kept.add(framing.decode(entry.value, AdmissionView.class)));
    }
    admission = new Admission(kept, platforms, policy);
    firstLook =
        context.schedule(
            FIRST_LOOK,
            PunctuationType.WALL_CLOCK_TIME,
            at -> {
              firstLook.cancel();
              apply(admission.look(Times.now(clock)));
            });
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    RecordMetadata from = context.recordMetadata().orElseThrow();
    FleetEvent event;
    try {
      event = framing.decode(record.value(), FleetEvent.class);
    } catch (UndecodableRecord e) {
      burial.bury(record, from, e.getMessage());
      return;
    }
    if (!event.getPlatform().equals(record.key())) {
      burial.bury(record, from, "the key is not the platform '" + event.getPlatform() + "'");
      return;
    }
    apply(admission.take(event, Times.now(clock)));
  }

  private void apply(Admission.Change change) {
    change.changed().forEach(view -> store.put(view.getPlatform(), framing.encode(view)));
    for (FleetEvent grant : change.grants()) {
      context.forward(
          new Record<>(
              grant.getPlatform(),
              new Outgoing(
                  Topic.ADMISSIONS.topicName(), framing.encode(grant), OptionalInt.empty()),
              Math.max(0, clock.millis())));
    }
    if (!change.grants().isEmpty()) {
      context.commit();
    }
  }
}
