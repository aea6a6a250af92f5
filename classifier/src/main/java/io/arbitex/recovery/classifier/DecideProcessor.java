package io.arbitex.recovery.classifier;

import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.DecisionLog;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionInput;
import io.arbitex.recovery.record.DecisionOutcome;
import io.arbitex.recovery.record.InputKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the decider: fetches the platform's state, lets it decide, stores the new state, forwards
 * what is to be published and the entry of the decision log. Exactly-once processing makes all of
 * that one step.
 */
final class DecideProcessor implements Processor<String, byte[], String, Outgoing> {
  private static final Logger log = LoggerFactory.getLogger(DecideProcessor.class);

  /** How late a timer may be. */
  private static final Duration TICK = Duration.ofMillis(50);

  private final Decider decider;
  private final Framing framing;
  private final DecisionLog decisionLog;
  private final Clock clock;
  private final Counters counters;
  private ProcessorContext<String, Outgoing> context;
  private PlatformStates platforms;
  private DueIndex due;
  private Parking parking;
  private Burial burial;

  DecideProcessor(Decider decider, Framing framing, Clock clock, Counters counters) {
    this.decider = decider;
    this.framing = framing;
    this.decisionLog = new DecisionLog(framing, decider);
    this.clock = clock;
    this.counters = counters;
  }

  @Override
  public void init(ProcessorContext<String, Outgoing> processorContext) {
    context = processorContext;
    burial = new Burial(context, clock, counters);
    platforms = new PlatformStates(context.getStateStore(ClassifierTopology.PLATFORMS), framing);
    due = new DueIndex(context.getStateStore(ClassifierTopology.DUE));
    parking = new Parking(context.getStateStore(ClassifierTopology.PARKED), framing);
    context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, at -> timers());
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    RecordMetadata from = context.recordMetadata().orElseThrow();
    DecisionInput place =
        new DecisionInput(
            InputKind.RECORD,
            from.topic(),
            from.partition(),
            from.offset(),
            ByteBuffer.wrap(record.value()));
    Input input;
    try {
      input = Input.of(framing.decode(record.value()));
    } catch (UndecodableRecord | IllegalArgumentException e) {
      burial.bury(record, from, e.getMessage());
      return;
    }
    String platform = input.platform();
    if (!input.belongsUnder(record.key())) {
      burial.bury(
          record,
          from,
          "the key '" + record.key() + "' is not that of this record of '" + platform + "'");
      return;
    }
    if (parking.isWedged(platform)) {
      if (isRelease(input)) {
        unpark(platform);
      } else {
        parking.park(platform, parked(platform, place, "behind a wedged input"));
      }
      counters.input();
      return;
    }
    Optional<String> refused = decide(platform, input, place);
    if (refused.isPresent()) {
      burial.bury(record, from, refused.get());
    } else {
      counters.input();
    }
  }

  private static boolean isRelease(Input input) {
    return input instanceof Input.Decree decree
        && decree.approval().getKind() == ApprovalKind.RELEASE;
  }

  private void timers() {
    Instant now = Times.now(clock);
    for (String platform : due.dueBy(now)) {
      if (parking.isWedged(platform)) {
        due.set(platform, Optional.empty());
        continue;
      }
      // It has gone off; the decision sets the next one.
      due.set(platform, Optional.empty());
      DecisionInput place = new DecisionInput(InputKind.TIMER, "", -1, -1L, ByteBuffer.allocate(0));
      decide(platform, new Input.Timer(), place)
          .ifPresent(why -> log.warn("no timers for {} any more: {}", platform, why));
    }
  }

  /** Decides and publishes; returns why the input was refused, if it was. */
  private Optional<String> decide(String platform, Input input, DecisionInput place) {
    Instant now = Times.now(clock);
    PlatformState before = platforms.get(platform, now);
    Decided decided;
    byte[] after = null;
    Optional<Instant> next;
    List<Forwarded> forwarded = new ArrayList<>();
    try {
      decided = decider.decide(before, input, now);
      if (decided.rejected().isPresent()) {
        return decided.rejected();
      }
      // All that may throw comes before the first effect, so that a bug wedges and does not loop.
      next = Optional.ofNullable(decided.state().getDueAt());
      if (decided.significant()) {
        after = framing.encode(decided.state());
        decided.outputs().forEach(output -> forwarded.add(forwarded(output)));
        forwarded.add(forwarded(decisionLog.applied(before, place, decided, now)));
      }
    } catch (RuntimeException e) {
      wedge(before, place, e, now);
      return Optional.empty();
    }
    if (after == null) {
      platforms.remember(decided.state());
    } else {
      platforms.keep(decided.state(), after);
    }
    due.set(platform, next);
    forwarded.forEach(this::forward);
    if (!decided.outputs().isEmpty()) {
      // Else a commit that was just made puts this one off by a whole poll (27 ms against 8 at
      // p50).
      context.commit();
    }
    if (decided.significant()) {
      counters.decision();
    }
    return Optional.empty();
  }

  /** Nothing is skipped: the input and all that follow wait until a person has looked. */
  private void wedge(PlatformState before, DecisionInput place, RuntimeException e, Instant now) {
    String platform = before.getPlatform();
    log.error("cannot decide for {}; it is held until a person has looked", platform, e);
    counters.wedge();
    Decision decision = decisionLog.wedged(before, place, e.toString(), now);
    PlatformState after = Framing.copy(before);
    after.setGap(true);
    after.setSequence(before.getSequence() + 1);
    platforms.keep(after, framing.encode(after));
    parking.park(platform, parked(platform, place, e.toString()));
    due.set(platform, Optional.empty());
    counters.decision();
    forward(forwarded(decision));
    Wedge.tell(before, decision, decider.policy(), now)
        .forEach(output -> forward(forwarded(output)));
  }

  private void unpark(String platform) {
    List<Decision> waiting = parking.takeAll(platform);
    log.info("{} is released; {} inputs have waited", platform, waiting.size());
    for (Decision each : waiting) {
      if (parking.isWedged(platform)) {
        parking.park(platform, each);
        continue;
      }
      DecisionInput place = each.getInput();
      Input input =
          place.getKind() == InputKind.TIMER
              ? new Input.Timer()
              : Input.of(framing.decode(place.getValue().array()));
      decide(platform, input, place)
          .ifPresent(why -> log.warn("a parked input of {} was refused: {}", platform, why));
    }
  }

  private Decision parked(String platform, DecisionInput place, String why) {
    return Decision.newBuilder()
        .setId("parked")
        .setPlatform(platform)
        .setSequence(-1)
        .setNow(Times.now(clock))
        .setInput(place)
        .setOutcome(DecisionOutcome.PARKED)
        .setReason(why)
        .setPolicyHash("")
        .setDeciderVersion(Decider.VERSION)
        .setOutputs(List.of())
        .setStateAfter("")
        .build();
  }

  private record Forwarded(String key, Outgoing outgoing, Headers headers) {}

  private Forwarded forwarded(Output output) {
    return new Forwarded(
        output.key(),
        new Outgoing(
            output.topic().topicName(), framing.encode(output.value()), OptionalInt.empty()),
        new RecordHeaders());
  }

  private Forwarded forwarded(Decision decision) {
    return new Forwarded(
        decision.getPlatform(),
        new Outgoing(Topic.DECISIONS.topicName(), framing.encode(decision), OptionalInt.empty()),
        new RecordHeaders());
  }

  private void forward(Forwarded forwarded) {
    context.forward(
        new Record<>(
            forwarded.key(),
            forwarded.outgoing(),
            Math.max(0, clock.millis()),
            forwarded.headers()));
  }
}
