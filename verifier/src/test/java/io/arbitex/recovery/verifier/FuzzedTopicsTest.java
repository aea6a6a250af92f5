package io.arbitex.recovery.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Phase;
import io.arbitex.recovery.record.PhaseInterval;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.runtime.BrokerFixture;
import io.arbitex.recovery.runtime.CommandReader;
import io.arbitex.recovery.runtime.DeadLetters;
import io.arbitex.recovery.runtime.Mutation;
import io.arbitex.recovery.runtime.Partitions;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import io.arbitex.recovery.schemas.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever stands on the topics that the verifier reads: a bad record becomes a dead letter, and
 * the next recovery is proven and measured.
 */
class FuzzedTopicsTest {
  private static final Framing FRAMING = new Framing();
  private static final Partitions PARTITIONS = new Partitions(BrokerFixture.PARTITIONS);
  private static final String PLATFORM = "eu-1";
  private static final int PARTITION = PARTITIONS.ofPlatform(PLATFORM);
  private static final int SENT = 250;

  @TempDir Path folder;
  private final Map<String, String> expected = new TreeMap<>();
  private KafkaProducer<String, byte[]> producer;
  private BrokerFixture broker;
  private Policy policy;

  @Test
  void everyBadRecordBecomesADeadLetterAndTheNextRecoveryIsProven() throws Exception {
    policy = Policy.parse("runbook.yaml", folder, "version: 1\n");
    AtomicInteger buried = new AtomicInteger();
    try (BrokerFixture started = BrokerFixture.start(folder.resolve("broker"));
        KafkaProducer<String, byte[]> made = started.clients("test").producer("fuzz")) {
      broker = started;
      producer = made;
      sendBad();
      fuzz();
      VerificationLoop loop =
          new VerificationLoop(
              started.clients("verifier-1"),
              FRAMING,
              new Suite(
                  new Inventory(List.of(), ""),
                  (platform, folders, id) -> Optional.empty(),
                  (command, platform, component) -> Optional.empty(),
                  1,
                  Clock.systemUTC()),
              policy,
              Clock.systemUTC(),
              "verifier-1",
              buried::incrementAndGet);
      CompletableFuture<Void> ended =
          CompletableFuture.runAsync(
              () -> {
                try {
                  loop.run();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      StepCommand good = command();
      good.setCommandId("inc-1/good/1");
      send(Topic.COMMANDS_VERIFIER, FRAMING.encode(good));
      send(Topic.INCIDENTS, FRAMING.encode(resolved("inc-good")));
      await(ended, Topic.VALIDATIONS, ValidationOutcome.class, "inc-1/good/1");
      await(ended, Topic.PHASE_METRICS, PhaseMetric.class, "inc-good");
      loop.close();
      ended.get(30, TimeUnit.SECONDS);
      Map<String, String> letters = new TreeMap<>();
      for (ConsumerRecord<String, byte[]> letter : read(Topic.DEAD_LETTERS)) {
        letters.put(
            header(letter, DeadLetters.TOPIC) + " at " + header(letter, DeadLetters.OFFSET),
            header(letter, DeadLetters.ERROR));
      }
      assertThat(letters.keySet()).isEqualTo(expected.keySet());
      expected.forEach((place, why) -> assertThat(letters.get(place)).contains(why));
      assertThat(buried).hasValue(expected.size());
    }
  }

  private void sendBad() throws Exception {
    byte[] nonsense = "nonsense".getBytes(StandardCharsets.UTF_8);
    for (Topic topic : List.of(Topic.COMMANDS_VERIFIER, Topic.INCIDENTS)) {
      expect(topic, nonsense, "first byte is 6e");
      expect(topic, null, "too short");
      expect(topic, new byte[900_000], topic == Topic.INCIDENTS ? "unknown schema" : "900000");
    }
    expect(Topic.COMMANDS_VERIFIER, FRAMING.encode(resolved("inc-1")), "a IncidentEvent where");
    expect(Topic.INCIDENTS, FRAMING.encode(command()), "a StepCommand where");
    StepCommand command = command();
    command.setKind(CommandKind.UNSPECIFIED);
    expect(Topic.COMMANDS_VERIFIER, FRAMING.encode(command), "without an id or a kind");
    command = command();
    command.setWorker("postgresql");
    expect(Topic.COMMANDS_VERIFIER, FRAMING.encode(command), "for worker 'postgresql'");
    IncidentEvent end = resolved("inc-1");
    end.setSeverity(Severity.UNRATED);
    expect(Topic.INCIDENTS, FRAMING.encode(end), "an end of an incident without phases");
    end = resolved("inc-1");
    end.setPlatform(PLATFORM + "/other");
    expect(Topic.INCIDENTS, FRAMING.encode(end), "belongs to partition");
  }

  private void fuzz() throws Exception {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("fuzz.seed=" + seed);
    Random random = new Random(seed);
    CommandReader reader = new CommandReader(Worker.VERIFIER, FRAMING, PARTITIONS);
    StepCommand late = command();
    // Refused without a run of the suite, which would take a quarter of a second each.
    late.setDeadline(late.getIssuedAt().minusSeconds(1));
    byte[] command = FRAMING.encode(late);
    byte[] end = FRAMING.encode(resolved("inc-1"));
    for (int i = 0; i < SENT; i++) {
      fuzz(Topic.COMMANDS_VERIFIER, Mutation.of(random, command), reader::read);
      fuzz(
          Topic.INCIDENTS,
          Mutation.of(random, end),
          record -> PhaseMetrics.of(record, FRAMING, PARTITIONS, policy));
    }
  }

  private interface Reading {
    void read(ConsumerRecord<String, byte[]> record);
  }

  private void fuzz(Topic topic, byte[] bytes, Reading reading) throws Exception {
    long offset = send(topic, bytes);
    try {
      reading.read(new ConsumerRecord<>("t", PARTITION, offset, PLATFORM, bytes));
    } catch (UndecodableRecord e) {
      expected.put(topic.topicName() + " at " + offset, e.getMessage());
    }
  }

  private void expect(Topic topic, byte[] value, String why) throws Exception {
    expected.put(topic.topicName() + " at " + send(topic, value), why);
  }

  private long send(Topic topic, byte[] value) throws Exception {
    return producer
        .send(new ProducerRecord<>(topic.topicName(), PARTITION, PLATFORM, value))
        .get(30, TimeUnit.SECONDS)
        .offset();
  }

  private void await(
      CompletableFuture<Void> loop,
      Topic topic,
      Class<? extends SpecificRecordBase> type,
      String id) {
    Instant until = Instant.now().plusSeconds(60);
    while (read(topic).stream()
        .map(record -> FRAMING.decode(record.value()))
        .noneMatch(value -> type.isInstance(value) && value.toString().contains(id))) {
      assertThat(loop).as("the loop").isNotDone();
      assertThat(Instant.now()).as("waiting for %s of %s", type, id).isBefore(until);
    }
  }

  private List<ConsumerRecord<String, byte[]>> read(Topic topic) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic.topicName(), PARTITION);
    try (KafkaConsumer<String, byte[]> consumer = broker.clients("test").freeConsumer("read")) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static StepCommand command() {
    Instant now = Times.now(Clock.systemUTC());
    return StepCommand.newBuilder()
        .setCommandId("inc-1/verify/1")
        .setIncidentId("inc-1")
        .setPlatform(PLATFORM)
        .setKind(CommandKind.EXECUTE)
        .setStepId("verify")
        .setComponent("postgresql")
        .setProcedure("verify.full")
        .setWorker("verifier")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(now)
        .setDeadline(now.plusSeconds(120))
        .setParameters(List.of())
        .build();
  }

  private static IncidentEvent resolved(String incident) {
    Instant now = Times.now(Clock.systemUTC());
    return IncidentEvent.newBuilder()
        .setId(incident + "/9")
        .setIncidentId(incident)
        .setPlatform(PLATFORM)
        .setKind(IncidentKind.RESOLVED)
        .setSeverity(Severity.P1)
        .setAt(now)
        .setComponent("postgresql")
        .setStepId("")
        .setProcedure("")
        .setBlockedReason(BlockedReason.NONE)
        .setText("")
        .setNext("")
        .setBadSince(now.minusSeconds(20))
        .setPlanHash("")
        .setIntervals(
            List.of(new PhaseInterval(Phase.RESTORE, now.minusSeconds(10), now.minusSeconds(5))))
        .build();
  }
}
