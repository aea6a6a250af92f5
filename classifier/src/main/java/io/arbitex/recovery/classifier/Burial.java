package io.arbitex.recovery.classifier;

import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what cannot be read, or belongs to nothing known, to the dead letters, with its origin. */
final class Burial {
  private static final Logger log = LoggerFactory.getLogger(Burial.class);
  private static final Duration WARN_EVERY = Duration.ofSeconds(1);

  private final ProcessorContext<String, Outgoing> context;
  private final Clock clock;
  private final Counters counters;
  private long saidAt;
  private long unsaid;

  Burial(ProcessorContext<String, Outgoing> context, Clock clock, Counters counters) {
    this.context = context;
    this.clock = clock;
    this.counters = counters;
  }

  void bury(Record<String, byte[]> record, RecordMetadata from, String why) {
    counters.deadLetter();
    warn(from, why);
    context.forward(
        new Record<>(
            record.key(),
            new Outgoing(
                Topic.DEAD_LETTERS.topicName(), record.value(), OptionalInt.of(from.partition())),
            Math.max(0, clock.millis()),
            DeadLetters.headers("classifier", from.topic(), from.partition(), from.offset(), why)));
  }

  /** A flood of bad records must not become a flood of lines; the topic keeps them all. */
  private void warn(RecordMetadata from, String why) {
    unsaid++;
    long now = clock.millis();
    if (now - saidAt >= WARN_EVERY.toMillis()) {
      log.warn(
          "dead letter from {}-{} at {}: {} ({} since the last such line)",
          from.topic(),
          from.partition(),
          from.offset(),
          why,
          unsaid);
      saidAt = now;
      unsaid = 0;
    }
  }
}
